"""The wall's one dark look: the dashboard's dark colours, sizes in shares of the screen."""

from __future__ import annotations

import re

# The dark colours of the charts (a test holds them equal) and the wall's own surfaces.
COLOURS = {
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
}

# `u` is a hundredth of the height of a 16:9 screen. The overlay lies above everything on
# Streamlit's page; its dialogs ("Connection error") stand outside of the page and are not shown
# while there is a wall, which has nobody to close them and says by itself that it is old.
_RULES = """
.nsm-wall,.nsm-beat{--u:min(1vh,.5625vw);font-family:"Source Sans","Source Sans 3",
"Source Sans Pro",system-ui,sans-serif;font-variant-numeric:tabular-nums;color:@text;
line-height:1.15}
.nsm-wall{position:fixed;inset:0;z-index:2147483000;background:@background;overflow:hidden}
body:has(.nsm-wall)>[data-testid=stDialog]{display:none!important}
.nsm-wall *,.nsm-beat *{box-sizing:border-box}
.nsm-wall p{margin:0;padding:0;font-size:inherit}
.nsm-wall .frame{position:absolute;inset:0;padding:2.4u 2.4vw;display:flex;
flex-direction:column;gap:1.7u}
.nsm-wall header{display:flex;align-items:center;gap:1.4vw;font-size:3u;color:@quiet}
.nsm-wall header .what{min-width:0;white-space:nowrap;overflow:hidden;
text-overflow:ellipsis;color:@text;font-weight:600}
.nsm-wall header .tag{flex:none;padding:.1u .8vw;border:.15u solid @quiet;border-radius:9u;
font-size:2.2u}
.nsm-wall header .age{flex:1 0 auto;text-align:right}
.nsm-wall header a{flex:none;color:@quiet;font-size:2.2u;text-decoration:underline;
text-underline-offset:.4u}
.nsm-wall .age{color:@quiet}
.nsm-wall .age.late{color:@unknown;font-weight:600}
.nsm-wall .age.late::before{content:"\\26A0\\FE0E\\00A0"}
.nsm-wall .hero{display:flex;align-items:flex-end;gap:2vw}
.nsm-wall .hero .value{flex:none;font-size:min(21vh,17vw);line-height:.84;font-weight:700;
letter-spacing:-.02em;color:@line;white-space:nowrap}
.nsm-wall .hero .value.long{font-size:min(21vh,11vw)}
.nsm-wall .hero .beside{min-width:12vw;flex:1 1 0}
.nsm-wall .hero .unit,.nsm-wall .hero .name{overflow:hidden;display:-webkit-box;
-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow-wrap:anywhere}
.nsm-wall .hero .unit{font-size:4.2u;color:@quiet}
.nsm-wall .hero .name{font-size:4.2u;font-weight:600}
.nsm-wall .verdict{text-align:right;font-size:4.6u;flex:0 1 auto;min-width:26vw}
.nsm-wall .verdict small{font-size:3u;color:@quiet;font-weight:400;white-space:nowrap}
.nsm-wall .moved{font-weight:600}
.nsm-wall .good{color:@good}
.nsm-wall .bad{color:@bad}
.nsm-wall .flat{color:@quiet}
.nsm-wall .standing{margin-top:.6u}
.nsm-wall .standing.odd{color:@unknown;font-weight:700}
.nsm-wall .standing.unknown{color:@quiet;font-size:3.6u}
.nsm-wall .chart{flex:1;min-height:22u;display:flex;flex-direction:column;gap:.8u}
.nsm-wall .chart.empty{align-items:center;justify-content:center;font-size:4u;color:@quiet;
border:.2u dashed @running;border-radius:1.2u}
.nsm-wall .key{display:flex;align-items:center;flex-wrap:wrap;gap:.4u 2vw;font-size:2.4u;
color:@quiet}
.nsm-wall .key span{display:flex;align-items:center;gap:.9u}
.nsm-wall .key span::before{content:"";flex:none;width:3.4u}
.nsm-wall .key .range::before{background:@range;border-radius:.3u;height:2u}
.nsm-wall .key .target::before{border-top:.35u dashed @target}
.nsm-wall .key .running::before{width:1.9u;height:1.9u;border-radius:50%;
border:.3u dashed @line}
.nsm-wall .plot{position:relative;flex:1;min-height:0}
.nsm-wall .plot img,.nsm-wall .spark img{position:absolute;inset:0;width:100%;height:100%;
max-width:none;display:block}
.nsm-wall .dot{position:absolute;width:2.6u;height:2.6u;border-radius:50%;background:@line;
border:.5u solid @background;transform:translate(-50%,-50%)}
.nsm-wall .dot.ghost{background:@background;border:.4u dashed @line}
.nsm-wall .weeks{position:relative;height:2.8u;font-size:2.4u;color:@quiet}
.nsm-wall .weeks span{position:absolute;top:0;transform:translateX(-50%);white-space:nowrap}
.nsm-wall .weeks .running{left:auto;right:0;transform:none;color:@text}
.nsm-wall .inputs{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);gap:1vw}
.nsm-wall .inputs.none{font-size:3.4u;color:@quiet}
.nsm-wall article{background:@card;border-radius:1.2u;padding:1.3u 1vw 1.2u;
border-left:.6u solid @card;display:grid;grid-template-columns:auto minmax(0,1fr);
column-gap:1vw;align-items:center;align-content:start;row-gap:.3u}
.nsm-wall article.odd{border-left-color:@unknown}
.nsm-wall article p{grid-column:1/-1;min-width:0;overflow:hidden;overflow-wrap:anywhere;
display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical}
.nsm-wall article .name{font-size:2.8u;color:@quiet}
.nsm-wall article .value{display:flex;align-items:baseline;gap:.8u;white-space:nowrap;
font-size:6u;line-height:1.1;font-weight:700}
.nsm-wall article .value small{min-width:0;overflow:hidden;text-overflow:ellipsis;font-size:3u;
font-weight:400;color:@quiet}
.nsm-wall article .moved{grid-column:1;display:block;white-space:nowrap;font-size:3u}
.nsm-wall article .state{font-size:2.7u;color:@quiet}
.nsm-wall article .state.odd{color:@unknown;font-weight:600}
.nsm-wall article .age{font-size:2.2u}
.nsm-wall .spark{position:relative;height:4.4u;min-width:0}
.nsm-wall .spark .dot{width:1.5u;height:1.5u;border-width:.25u;background:@input;
border-color:@card}
.nsm-wall article.odd .spark .dot{background:@unknown}
.nsm-wall .foot{display:flex;flex-direction:column;gap:.6u;padding-right:15vw;min-height:9.6u;
justify-content:center}
.nsm-wall .sentence{font-size:4u;font-weight:600;overflow:hidden;display:-webkit-box;
-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow-wrap:anywhere}
.nsm-wall .more{font-size:2.4u;color:@quiet}
.nsm-beat{position:fixed;z-index:2147483001;right:2.4vw;bottom:2.4u;font-size:2.6u}
.nsm-beat .live{color:@good;display:flex;align-items:center;gap:.9u;
animation:nsm-go 0s @patience forwards}
.nsm-beat .pulse{width:1.5u;height:1.5u;border-radius:50%;background:@good}
.nsm-beat .lost{position:absolute;right:0;bottom:0;width:44vw;visibility:hidden;
background:@unknown;color:#141008;font-weight:600;padding:1.4u 1.2vw;border-radius:.8u;
animation:nsm-come 0s @patience forwards}
.nsm-beat .lost.now{visibility:visible}
@keyframes nsm-go{to{visibility:hidden}}
@keyframes nsm-come{to{visibility:visible}}
@media (max-width:700px){
.nsm-wall{overflow:hidden auto}
.nsm-wall .frame{position:static;padding:14px 16px 72px;gap:16px}
.nsm-wall header{flex-wrap:wrap;gap:4px 14px;font-size:15px}
.nsm-wall header .what{flex:1 0 100%;white-space:normal;font-size:17px}
.nsm-wall header .tag{font-size:13px;padding:0 8px;border-width:1px}
.nsm-wall header .age{flex:0 1 auto;text-align:left}
.nsm-wall header a{font-size:15px;padding:8px 0}
.nsm-wall .hero{flex-direction:column;align-items:flex-start;gap:8px}
.nsm-wall .hero .value{font-size:19vw}
.nsm-wall .hero .value.long{font-size:15vw}
.nsm-wall .hero .beside{flex:none}
.nsm-wall .hero .unit,.nsm-wall .hero .name{font-size:20px}
.nsm-wall .verdict{text-align:left;font-size:20px}
.nsm-wall .verdict small{font-size:15px}
.nsm-wall .standing.unknown{font-size:17px}
.nsm-wall .chart{flex:none;gap:8px}
.nsm-wall .chart.empty{font-size:18px;padding:24px 12px}
.nsm-wall .plot{height:200px;flex:none}
.nsm-wall .dot{width:14px;height:14px;border-width:3px}
.nsm-wall .dot.ghost{border-width:2px}
.nsm-wall .key{font-size:14px;gap:4px 16px}
.nsm-wall .key span{gap:7px}
.nsm-wall .key span::before{width:20px}
.nsm-wall .key .range::before{height:12px}
.nsm-wall .key .target::before{border-top-width:2px}
.nsm-wall .key .running::before{width:13px;height:13px;border-width:2px}
.nsm-wall .weeks{font-size:13px;height:18px}
.nsm-wall .inputs{grid-auto-flow:row;grid-template-columns:minmax(0,1fr);gap:10px}
.nsm-wall .inputs.none{font-size:17px}
.nsm-wall article{padding:12px 14px;border-radius:10px;border-left-width:5px;column-gap:16px;
row-gap:2px}
.nsm-wall article .name{font-size:16px}
.nsm-wall article .value{font-size:32px}
.nsm-wall article .value small{font-size:18px}
.nsm-wall article .moved,.nsm-wall article .state{font-size:16px}
.nsm-wall article .age{font-size:14px}
.nsm-wall .spark{height:34px}
.nsm-wall .spark .dot{width:9px;height:9px;border-width:2px}
.nsm-wall .foot{padding:0;min-height:0;order:-1;gap:4px}
.nsm-wall .sentence{font-size:18px;-webkit-line-clamp:6}
.nsm-wall .more{font-size:14px}
.nsm-beat{right:16px;bottom:16px;font-size:14px}
.nsm-beat .live{gap:8px;background:@background;padding:4px 12px;border-radius:20px}
.nsm-beat .pulse{width:9px;height:9px}
.nsm-beat .lost{width:calc(100vw - 32px);padding:10px 12px;border-radius:8px}
}
"""


def styled(patience_seconds: int) -> str:
    """The style sheet; a screen that heard nothing for so many seconds says so by itself."""
    rules = _RULES.replace("@patience", f"{patience_seconds}s")
    for name, colour in COLOURS.items():
        rules = re.sub(rf"@{name}\b", colour, rules)
    rules = re.sub(r"(?<![\w.-])([\d.]+)u\b", r"calc(var(--u)*\1)", rules)
    return f"<style>{''.join(rules.splitlines())}</style>"
