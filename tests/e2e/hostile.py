"""Text that tries to be more than text. ``{canary}`` is the address of a listening server."""

from __future__ import annotations

SCRIPT = "window.__ran=1;alert(1)"

# Each may stand in any text field of a definition, an annotation or a file.
STRINGS = (
    "<script>window.__ran=1;alert(1)</script>",
    "</script><script>window.__ran=1</script>",
    "<svg/onload=window.__ran=1><svg><script>window.__ran=1</script></svg>",
    "<img src=x onerror=window.__ran=1>",
    "<img src={canary}/pixel.png>",
    "<iframe srcdoc='<script>parent.__ran=1</script>'></iframe>",
    "<iframe src={canary}/frame></iframe><object data={canary}/object></object>",
    "<a href=javascript:window.__ran=1>press</a>",
    "<a href={canary}/link>press</a>",
    "<b>bold</b><br><sub>low</sub>",
    "<style>*{{display:none}}</style><style>@import url({canary}/style.css)</style>",
    "<link rel=stylesheet href={canary}/sheet.css><video src={canary}/film autoplay></video>",
    "<form action={canary}/form><input name=a></form>",
    "<meta http-equiv=refresh content=0;url={canary}/away><base href={canary}>",
    "<details open ontoggle=window.__ran=1>more</details>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.__ran=1>",
    "\"><img src=x onerror=window.__ran=1>'-alert(1)-'",
    "<span style='position:fixed;inset:0;background:url({canary}/cover.png)'>cover</span>",
    "![pixel]({canary}/markdown.png)",
    "![pixel][one]\n\n[one]: {canary}/reference.png",
    "[press](javascript:window.__ran=1)",
    "[press]({canary}/press) <{canary}/auto>",
    "{canary}/bare www.example.com/bare someone@example.com",
    "# Heading",
    "- item",
    "1. first",
    "> quoted",
    "| a | b |\n|---|---|\n| c | d |",
    "```\ncode\n```",
    "`code` **bold** _slanted_ ~~struck~~",
    "$\\frac{{a}}{{b}}$ and $$x^2$$ $\\href{{javascript:window.__ran=1}}{{x}}$",
    ":material/delete: :smile: :streamlit:",
    ":red[red] :blue-background[blue] :small[small]",
    "-> <- <-> -- >= <= ~=",
    "&lt;b&gt; &#60;img&#62; &amp;nbsp; &nbsp;",
    "%{{x}} %{{y:.2f}} %{{customdata[0]}} <extra></extra>",
    "{{x}} ${{x}} {{{{x}}}} {{0}} %s %d {{7*7}} #{{7*7}}",
    '=HYPERLINK("{canary}/sheet";"press")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\u202egnp.exe \u2066turned\u2069 \u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f4 \u2764\ufe0f \u200b\u200cunseen\ufeff",
    "Z\u0351\u036b\u0343\u036a\u0302a\u0324\u031e\u0349l\u034d\u035ag\u0321\u031fo",
    "null",
    "__proto__ ../../etc/passwd '; DROP TABLE star; --",
    "W" * 10_000,
    "<" * 3_000 + "\\" * 40,
)


def strings(canary: str) -> tuple[str, ...]:
    """The hostile texts that a definition or an annotation may hold, aimed at the canary."""
    return tuple(" ".join(text.format(canary=canary).split("\n")) for text in STRINGS)
