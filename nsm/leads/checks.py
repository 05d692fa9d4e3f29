"""What is left over by the fit behind one number: does it look like mere chance?

For looking, not for deciding: the verdict comes from worlds that were made of the star's own
surprises, with errors that allow for unequal ones.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Literal

LEVEL = 0.05
MONTH_OF_WEEKS = 4

Kind = Literal["autocorrelation", "heteroscedasticity", "normality"]


@dataclass(frozen=True, slots=True)
class Check:
    """One look at the residuals: which, by which test, its statistic and p-value."""

    kind: Kind
    test: str
    statistic: float
    p: float

    @property
    def fine(self) -> bool:
        """Nothing more than chance explains was found."""
        return not self.p < LEVEL


def summary_text(fit: Any) -> str:
    """The fit as statsmodels prints it, without the day and the hour."""
    with warnings.catch_warnings():
        # Its F test over all regressors may be ill-conditioned where their sizes differ much:
        # nothing here rests on it.
        warnings.simplefilter("ignore")
        return str(fit.summary(slim=True))


def residual_checks(fit: Any) -> tuple[Check, ...]:
    """Are the residuals of a fit of `fit_detail` related in time, unequal, or far from normal?

    Notes
    -----
    Breusch (1978) & Godfrey (1978) over four periods, which allows for own lags in the model;
    Breusch & Pagan (1979) in Koenker's form; Jarque & Bera (1980). As statsmodels computes them.
    """
    from statsmodels.stats.diagnostic import acorr_breusch_godfrey, het_breuschpagan
    from statsmodels.stats.stattools import jarque_bera

    lags = max(1, min(MONTH_OF_WEEKS, int(fit.df_resid) // 4))
    related = acorr_breusch_godfrey(fit, nlags=lags, result_object=True)
    unequal = het_breuschpagan(fit.resid, fit.model.exog)
    normal = jarque_bera(fit.resid)
    return (
        Check(
            "autocorrelation",
            f"Breusch-Godfrey, {lags} lags",
            float(related.lm),
            float(related.lmpval),
        ),
        Check(
            "heteroscedasticity",
            "Breusch-Pagan, Koenker's form",
            float(unequal[0]),
            float(unequal[1]),
        ),
        Check("normality", "Jarque-Bera", float(normal[0]), float(normal[1])),
    )
