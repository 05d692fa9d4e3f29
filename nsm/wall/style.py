"""The wall's look, by night and by day: colours, and sizes in shares of the screen.

Written for the browser of an old television as well: no variables, no grid, no gaps between
flexible boxes, no min() (a test holds that). `u` is a hundredth of the height of a 16:9 screen; it
becomes rem, because the root's type size is ten of them.
"""

from __future__ import annotations

import re

# The dark and the light colours of the charts (a test holds them equal) and the wall's surfaces.
NIGHT = {
    "line": "#5cb3ff",
    "input": "#c3ccd8",
    "good": "#35c99c",
    "bad": "#ff8f52",
    "unknown": "#e3bb4e",
    "background": "#0f1419",
    "card": "#181f28",
    "text": "#f2f5f9",
    "quiet": "#a4afbd",
    "range": "#20303f",
    "target": "#e8ecf2",
    "running": "#2f3844",
    "sign": "#e3bb4e",
    "onsign": "#141008",
}
DAY = {
    "line": "#0b62bd",
    "input": "#475569",
    "good": "#00775a",
    "bad": "#b84300",
    "unknown": "#866400",
    "background": "#ffffff",
    "card": "#f0f3f7",
    "text": "#1a2230",
    "quiet": "#556170",
    "range": "#dbe7f3",
    "target": "#1a2230",
    "running": "#cfd6df",
    "sign": "#ffd24d",
    "onsign": "#141008",
}

# The overlay of Streamlit's dialogs is dealt with on its own page (nsm/ui/wall.py).
_RULES = """
html,body{margin:0;padding:0;height:100%;background:#000}
.nsm-wall,.nsm-beat{font-family:"Source Sans","Source Sans 3","Source Sans Pro",system-ui,
sans-serif;font-variant-numeric:tabular-nums;color:@text;line-height:1.15}
.nsm-wall{position:fixed;top:0;left:0;right:0;bottom:0;background:@background;overflow:hidden}
.nsm-wall *,.nsm-beat *{box-sizing:border-box}
.nsm-wall p{margin:0;padding:0;font-size:inherit}
.nsm-wall .frame{position:absolute;top:0;left:0;right:0;bottom:0;padding:2.4u 2.4vw;
display:flex;flex-direction:column}
.nsm-wall .frame>*{margin-top:1.3u}
.nsm-wall .frame>header{margin-top:0;display:flex;align-items:center;font-size:3u;color:@quiet}
.nsm-wall header>*{margin-left:1.4vw}
.nsm-wall header .what{margin-left:0;min-width:0;white-space:nowrap;overflow:hidden;
text-overflow:ellipsis;color:@text;font-weight:600}
.nsm-wall header .week{flex:none;margin-left:.6vw;color:@text;font-weight:600}
.nsm-wall header .week::before{content:"\\00B7\\00A0"}
.nsm-wall header .tag{flex:none;padding:.1u .8vw;border:.15u solid @quiet;border-radius:9u;
font-size:2.2u}
.nsm-wall header .age{flex:1 0 auto;text-align:right}
.nsm-wall header a,.nsm-wall header .room{flex:none;color:@quiet;font-size:2.2u;
text-decoration:underline}
.nsm-wall header .room{visibility:hidden}
.nsm-wall .age{color:@quiet}
.nsm-wall .age.late{color:@unknown;font-weight:600}
.nsm-wall .age.late::before{content:"\\26A0\\FE0E\\00A0"}
.nsm-wall .hero{flex:none;display:flex;align-items:flex-end}
.nsm-wall .hero>*{margin-left:2vw}
.nsm-wall .hero .value{margin-left:0;flex:none;font-size:21u;line-height:.84;font-weight:700;
letter-spacing:-.02em;color:@line;white-space:nowrap}
.nsm-wall .hero .value.long{font-size:19u}
.nsm-wall .hero .beside{min-width:14vw;flex:1 1 0}
.nsm-wall .hero .unit,.nsm-wall .hero .name{overflow:hidden;display:-webkit-box;
-webkit-line-clamp:3;-webkit-box-orient:vertical;word-wrap:break-word;overflow-wrap:anywhere}
.nsm-wall .hero .unit{-webkit-line-clamp:1;font-size:3.8u;color:@quiet}
.nsm-wall .hero .name{font-size:3.8u;font-weight:600}
.nsm-wall .verdict{text-align:right;font-size:4.2u;flex:0 1 auto}
.nsm-wall .verdict small{display:block;font-size:2.8u;color:@quiet;font-weight:400;
white-space:nowrap}
.nsm-wall .moved{font-weight:600}
.nsm-wall .good{color:@good}
.nsm-wall .bad{color:@bad}
.nsm-wall .flat{color:@quiet}
.nsm-wall .standing{margin-top:.6u}
.nsm-wall .standing.odd{color:@unknown;font-weight:700}
.nsm-wall .standing.unknown{color:@quiet;font-size:3.6u}
.nsm-wall .measures{margin-top:.2u;font-size:2.6u;color:@quiet}
.nsm-wall .turns{flex:1;min-height:11u;display:flex;flex-direction:column}
.nsm-wall .turn{display:none;flex-direction:column;min-height:0}
.nsm-wall .turn.on{display:flex;flex:1}
.nsm-wall .turn>*{flex:none}
.nsm-wall .turn .empty{flex:1;display:flex;align-items:center;justify-content:center;font-size:4u;
color:@quiet;border:.2u dashed @running;border-radius:1.2u}
.nsm-wall .turn-lead,.nsm-wall .turn-target,.nsm-wall .turn-work,
.nsm-wall .turn-notes{justify-content:center;background:@card;border-radius:1.2u;padding:1.4u 1.6vw}
.nsm-wall .title{flex:none;display:flex;align-items:baseline;font-size:2.8u;color:@quiet;
white-space:nowrap;overflow:hidden}
.nsm-wall .title b{color:@text;margin-right:1vw;overflow:hidden;text-overflow:ellipsis}
.nsm-wall .title small{margin-left:.4vw;font-size:2.4u}
.nsm-wall .title .state{margin-left:1.4vw}
.nsm-wall .title .state.odd{color:@unknown;font-weight:600}
.nsm-wall .title .age{margin-left:auto;padding-left:1.4vw;font-size:2.4u}
.nsm-wall .turn .big{margin-top:1.2u;font-size:4.8u;font-weight:600;overflow:hidden;
display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;word-wrap:break-word}
.nsm-wall .turn .more{margin-top:1u;font-size:2.8u;color:@quiet}
.nsm-wall .note{margin-top:.9u;font-size:3.6u;white-space:nowrap;overflow:hidden;
text-overflow:ellipsis}
.nsm-wall .note .day,.nsm-wall .note small{color:@quiet;font-size:2.6u;margin-right:.6vw}
.nsm-wall .bar{position:relative;margin:1.6u 0 .4u;height:2.4u;background:@running;
border-radius:1.2u}
.nsm-wall .bar i{display:block;height:100%;background:@line;border-radius:1.2u}
.nsm-wall .bar b{position:absolute;top:-.6u;bottom:-.6u;width:.5u;background:@target}
.nsm-wall .key{flex:none;display:flex;align-items:center;flex-wrap:wrap;font-size:2.4u;
color:@quiet;margin-bottom:.8u}
.nsm-wall .key span{display:flex;align-items:center;margin-right:2vw}
.nsm-wall .key span::before{content:"";flex:none;width:3.4u;margin-right:.9u}
.nsm-wall .key .range::before{background:@range;border-radius:.3u;height:2u}
.nsm-wall .key .target::before{border-top:.35u dashed @target}
.nsm-wall .key .running::before{width:1.9u;height:1.9u;border-radius:50%;
border:.3u dashed @line}
.nsm-wall .turn .plot{position:relative;flex:1 0 10u}
.nsm-wall .plot svg,.nsm-wall .spark svg{position:absolute;top:0;left:0;width:100%;
height:100%;display:block;overflow:hidden}
.nsm-wall svg .line{stroke:@line;stroke-width:.5u}
.nsm-wall svg .input{stroke:@input;stroke-width:.3u}
.nsm-wall svg .range{fill:@range}
.nsm-wall svg .target{stroke:@target;stroke-width:.3u}
.nsm-wall svg .running{stroke:@running;stroke-width:.2u}
.nsm-wall .turn-input .key{margin:.6u 0 .4u}
.nsm-wall .turn-input .plot .input{stroke-width:.45u}
.nsm-wall .dot{position:absolute;width:2.6u;height:2.6u;margin:-1.3u 0 0 -1.3u;border-radius:50%;
background:@line;border:.5u solid @background}
.nsm-wall .dot.ghost{background:@background;border:.4u dashed @line}
.nsm-wall .turn-input .dot{width:2u;height:2u;margin:-1u 0 0 -1u;background:@input}
.nsm-wall .turn-input .dot.ghost{background:@background;border-color:@input}
.nsm-wall .weeks{flex:none;position:relative;height:2.8u;margin-top:.8u;font-size:2.4u;
color:@quiet}
.nsm-wall .weeks span{position:absolute;top:0;-webkit-transform:translateX(-50%);
transform:translateX(-50%);white-space:nowrap}
.nsm-wall .weeks .running{left:auto;right:0;-webkit-transform:none;transform:none;color:@text}
.nsm-wall .weeks.values{height:4u;font-size:3.2u;color:@text;font-weight:600}
.nsm-wall .weeks.values .running{right:auto;-webkit-transform:translateX(-50%);
transform:translateX(-50%);color:@quiet;font-weight:400}
.nsm-wall .inputs{flex:none;display:flex;align-items:stretch}
.nsm-wall .inputs.none{font-size:3.4u;color:@quiet}
.nsm-wall article{flex:1 1 0;min-width:0;margin-left:1vw;background:@card;border-radius:1.2u;
padding:1.3u 1vw 1.2u;border-left:.6u solid @card}
.nsm-wall article:first-child{margin-left:0}
.nsm-wall article.odd{border-left-color:@unknown}
.nsm-wall article p{min-width:0;margin-top:.3u;overflow:hidden;word-wrap:break-word;
overflow-wrap:anywhere;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical}
.nsm-wall article .name{margin-top:0;font-size:2.8u;color:@quiet}
.nsm-wall article .value{display:block;height:6.6u;font-size:6u;line-height:6.6u;font-weight:700}
.nsm-wall article .value.long{font-size:4.4u}
.nsm-wall article .value small{display:inline-block;margin-left:.8u;white-space:nowrap;
font-size:3u;font-weight:400;color:@quiet}
.nsm-wall article .row{display:flex;flex-wrap:wrap;height:4.4u;overflow:hidden}
.nsm-wall article .moved{flex:none;display:block;white-space:nowrap;font-size:3u;line-height:4.4u}
.nsm-wall article .state{font-size:2.7u;color:@quiet}
.nsm-wall article .state.odd{color:@unknown;font-weight:600}
.nsm-wall article .age{font-size:2.2u}
.nsm-wall .spark{position:relative;flex:1 1 3u;margin:.8u .8u;height:2.8u;min-width:3u}
.nsm-wall .spark .dot{width:1.5u;height:1.5u;margin:-.75u 0 0 -.75u;border-width:.25u;
background:@input;border-color:@card}
.nsm-wall article.odd .spark .dot{background:@unknown}
.nsm-wall .foot{flex:none;padding-right:16vw;min-height:9.6u;display:flex;flex-direction:column;
justify-content:center}
.lost .nsm-wall .foot{padding-right:42vw}
.nsm-wall .sentence{font-size:4u;font-weight:600;overflow:hidden;display:-webkit-box;
-webkit-line-clamp:2;-webkit-box-orient:vertical;word-wrap:break-word;overflow-wrap:anywhere}
.lost .nsm-wall .sentence{font-size:3u;-webkit-line-clamp:3}
.nsm-wall .more{font-size:2.4u;color:@quiet}
.nsm-wall .closed{margin:auto;max-width:80vw;text-align:center;font-size:4u;color:@quiet}
.nsm-beat{position:fixed;right:2.4vw;bottom:2.4u;font-size:2.6u}
.nsm-beat p{margin:0}
.nsm-beat .live{color:@good;display:flex;align-items:center}
.nsm-beat .live span::before{content:"";display:inline-block;width:1.5u;height:1.5u;
margin-right:.9u;border-radius:50%;background:@good}
.nsm-beat .sign{display:none;max-width:38vw;background:@sign;color:@onsign;
font-weight:600;padding:1.2u 1.2vw;border-radius:.8u}
.nsm-beat .live span:empty,.lost .nsm-beat .live{display:none}
.lost .nsm-beat .sign{display:block}
.dusk .nsm-wall{-webkit-filter:brightness(.85);filter:brightness(.85)}
.dark .nsm-wall{-webkit-filter:brightness(.7);filter:brightness(.7)}
"""

_PHONE = """@media (max-width:700px){
html,body{height:auto}
.nsm-wall{position:static;overflow:hidden;min-height:100vh}
.nsm-wall .frame{position:static;padding:14px 16px 72px}
.nsm-wall .frame>*{margin-top:16px}
.nsm-wall .frame>header{flex-wrap:wrap;font-size:15px;margin-top:12px}
.nsm-wall header>*{margin-left:0;margin-right:14px}
.nsm-wall header .what{flex:1 0 100%;white-space:normal;font-size:17px}
.nsm-wall header .week{margin-left:0;font-size:16px}
.nsm-wall header .week::before{content:none}
.nsm-wall header .tag{font-size:13px;padding:0 8px;border-width:1px}
.nsm-wall header .age{flex:0 1 auto;text-align:left}
.nsm-wall header a{font-size:15px;padding:8px 0}
.nsm-wall .hero{flex-direction:column;align-items:flex-start}
.nsm-wall .hero>*{margin:8px 0 0}
.nsm-wall .hero .value{font-size:19vw}
.nsm-wall .hero .value.long{font-size:15vw}
.nsm-wall .hero .beside{flex:none}
.nsm-wall .hero .unit,.nsm-wall .hero .name{font-size:20px}
.nsm-wall .verdict{text-align:left;font-size:20px}
.nsm-wall .verdict small{font-size:15px}
.nsm-wall .standing.unknown{font-size:17px}
.nsm-wall .measures{font-size:16px}
.nsm-wall .turns{flex:none;min-height:0}
.nsm-wall .turn.on{flex:none}
.nsm-wall .turn-lead,.nsm-wall .turn-target,.nsm-wall .turn-work,
.nsm-wall .turn-notes{padding:12px 14px;
border-radius:10px}
.nsm-wall .turn .empty{font-size:18px;padding:24px 12px}
.nsm-wall .title{font-size:15px;flex-wrap:wrap;white-space:normal}
.nsm-wall .title small,.nsm-wall .title .age{font-size:14px}
.nsm-wall .turn .big{font-size:20px;-webkit-line-clamp:5;margin-top:8px}
.nsm-wall .turn .more{font-size:15px;margin-top:8px}
.nsm-wall .note{font-size:16px;white-space:normal}
.nsm-wall .note .day,.nsm-wall .note small{font-size:14px}
.nsm-wall .bar{height:14px;margin:12px 0 4px}
.nsm-wall .bar b{width:3px;top:-4px;bottom:-4px}
.nsm-wall .turn .plot{height:200px;flex:none}
.nsm-wall svg .line,.nsm-wall .turn-input .plot .input{stroke-width:4px}
.nsm-wall svg .input,.nsm-wall svg .target{stroke-width:2px}
.nsm-wall svg .running{stroke-width:1px}
.nsm-wall .dot,.nsm-wall .turn-input .dot{width:14px;height:14px;margin:-7px 0 0 -7px;
border-width:3px}
.nsm-wall .dot.ghost{border-width:2px}
.nsm-wall .key{font-size:14px}
.nsm-wall .key span{margin-right:16px}
.nsm-wall .key span::before{width:20px;margin-right:7px}
.nsm-wall .key .range::before{height:12px}
.nsm-wall .key .target::before{border-top-width:2px}
.nsm-wall .key .running::before{width:13px;height:13px;border-width:2px}
.nsm-wall .weeks{font-size:13px;height:18px}
.nsm-wall .turn-input .weeks,.nsm-wall .turn-input .weeks.values{font-size:11px;height:18px}
.nsm-wall .inputs{flex-direction:column}
.nsm-wall .inputs.none{font-size:17px}
.nsm-wall article{margin:10px 0 0;padding:12px 14px;border-radius:10px;border-left-width:5px}
.nsm-wall article:first-child{margin-top:0}
.nsm-wall article .name{font-size:16px}
.nsm-wall article .value{font-size:32px;line-height:36px;height:36px}
.nsm-wall article .value.long{font-size:26px}
.nsm-wall article .value small{font-size:18px;margin-left:6px}
.nsm-wall article .moved,.nsm-wall article .state{font-size:16px}
.nsm-wall article .age{font-size:14px}
.nsm-wall article .row{height:34px}
.nsm-wall article .moved{line-height:34px}
.nsm-wall .spark{height:24px;margin:5px 8px 5px 16px}
.nsm-wall .spark .dot{width:9px;height:9px;margin:-5px 0 0 -5px;border-width:2px}
.nsm-wall .foot,.lost .nsm-wall .foot{padding:0;min-height:0;order:-1}
.nsm-wall .sentence,.lost .nsm-wall .sentence{font-size:18px;-webkit-line-clamp:6}
.nsm-wall .more{font-size:14px}
.nsm-wall .closed{font-size:18px}
.nsm-beat{right:16px;bottom:16px;font-size:14px}
.nsm-beat .live span{background:#0f1419;color:#35c99c;padding:4px 12px;border-radius:20px}
.nsm-beat .live span::before{width:9px;height:9px;margin-right:8px;background:#35c99c}
.nsm-beat .sign{max-width:none;padding:10px 12px;border-radius:8px}
}"""

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def styled(scale: int = 100) -> str:
    """The style sheet for both themes: ``day`` on the body turns the lights on.

    ``scale`` is the size of everything in per cent.
    """
    root = (
        f"html{{font-size:{scale / 10:g}vh}}"
        f"@media (max-aspect-ratio:16/9){{html{{font-size:{scale * 0.05625:g}vw}}}}"
    )
    rules = root + _coloured(_RULES, NIGHT) + _by_day() + _PHONE
    rules = re.sub(r"(?<![\w.#-])(-?)([\d.]+)u\b", _rem, rules)
    return f"<style>{''.join(rules.splitlines())}</style>"


def _rem(found: re.Match[str]) -> str:
    return f"{found[1]}{float(found[2]) / 10:g}rem"


def _coloured(rules: str, colours: dict[str, str]) -> str:
    for name, colour in colours.items():
        rules = re.sub(rf"@{name}\b", colour, rules)
    return rules


def _by_day() -> str:
    """The coloured parts of every rule again, below ``.day``."""
    found = []
    for selectors, body in _RULE.findall(_RULES):
        colours = ";".join(part.strip() for part in body.split(";") if re.search(r"@[a-z]", part))
        if colours:
            names = ",".join(f".day {one.strip()}" for one in selectors.split(","))
            found.append(f"{names}{{{colours}}}")
    return _coloured("".join(found), DAY)
