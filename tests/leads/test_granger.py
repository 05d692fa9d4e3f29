"""The chicken and the egg, as R's lmtest prints them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.stattools import grangercausalitytests

from nsm.errors import InputError
from nsm.leads import find_leads, granger

# Chickens (thousands) and eggs (million dozen) in the United States, 1930-1983: Thurman & Fisher
# (1988), as in the data set ChickEgg of R's lmtest.
CHICKENS = """
468491 449743 436815 444523 433937 389958 403446 423921 389624 418591 438288 422841 476935 542047
582197 516497 523227 467217 499644 430876 456549 430988 426555 398156 396776 390708 383690 391363
374281 387002 369484 366082 377392 375575 382262 394118 393019 428746 425158 422096 433280 421763
404191 408769 394101 379754 378361 386518 396933 400585 392110 384838 378609 364584
"""
EGGS = """
3581 3532 3327 3255 3156 3081 3166 3443 3424 3561 3640 3840 4456 5000 5366 5154 5130 5077 5032 5148
5404 5322 5323 5307 5402 5407 5500 5442 5442 5542 5339 5358 5403 5345 5435 5474 5540 5836 5777 5629
5704 5806 5742 5502 5461 5382 5377 5408 5608 5777 5825 5625 5800 5656
"""


@pytest.fixture
def farm() -> pd.DataFrame:
    columns = {"chicken": CHICKENS, "egg": EGGS}
    values = {name: [float(v) for v in text.split()] for name, text in columns.items()}
    return pd.DataFrame(values, index=pd.RangeIndex(1930, 1984))


def test_the_published_numbers_of_lmtest(farm):
    egg_first = granger(farm["egg"], farm["chicken"], order=3)
    chicken_first = granger(farm["chicken"], farm["egg"], order=3)

    assert egg_first.f == pytest.approx(5.405, abs=5e-4)
    assert egg_first.p == pytest.approx(0.002966, abs=5e-7)
    assert chicken_first.f == pytest.approx(0.5916, abs=5e-5)
    assert chicken_first.p == pytest.approx(0.6238, abs=5e-5)
    assert egg_first.freedom == 44


def test_it_equals_statsmodels(farm):
    for order in (1, 2, 4):
        theirs = grangercausalitytests(farm[["chicken", "egg"]], [order])[order][0]["ssr_ftest"]
        mine = granger(farm["egg"], farm["chicken"], order)
        assert (mine.f, mine.p) == pytest.approx((theirs[0], theirs[1]), rel=1e-8)


def test_fifty_four_years_are_too_few_for_a_confident_verdict_on_the_chicken(farm):
    report = find_leads(farm["egg"], farm[["chicken"]], max_lag=4, season=None)

    line = report.table.iloc[0]
    assert line["verdict"] not in ("leads", "both")
    assert line["smallest_detectable_effect"] > 0


def test_what_cannot_be_tested_is_named(farm):
    with pytest.raises(InputError, match="equal length"):
        granger(farm["egg"].iloc[1:], farm["chicken"])
    with pytest.raises(InputError, match="missing"):
        granger(farm["egg"].replace(5656, np.nan), farm["chicken"])
    with pytest.raises(InputError, match="too few"):
        granger(farm["egg"], farm["chicken"], order=20)
