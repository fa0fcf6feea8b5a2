"""Lines over a logarithmic rate, as SVG, without any library."""
import math
from html import escape

W, H, LEFT, TOP, BOTTOM, RIGHT = 460, 340, 56, 34, 46, 12
COLORS = {"ours": "#0b62a4", "llama.cpp": "#c1440e"}


def panel(x0, title, x_label, lines):
    """lines: {(who, test): [(x, tok/s), ...]}; x is spread by rank, so that 0 has a place."""
    xs = sorted({x for points in lines.values() for x, _ in points})
    ys = [y for points in lines.values() for _, y in points]
    lo, hi = math.floor(math.log10(min(ys)) * 3) / 3, math.ceil(math.log10(max(ys)) * 3) / 3
    hi = hi if hi > lo else lo + 1
    px = lambda x: x0 + LEFT + (W - LEFT - RIGHT) * (xs.index(x) + 0.5) / len(xs)
    py = lambda y: TOP + (H - TOP - BOTTOM) * (hi - math.log10(y)) / (hi - lo)
    out = [f'<text x="{x0 + LEFT}" y="20" font-weight="bold">{escape(title)}</text>',
           f'<text x="{x0 + (W + LEFT) / 2:.0f}" y="{H - 8}" text-anchor="middle">{escape(x_label)}</text>']
    for e in range(math.floor(lo), math.ceil(hi) + 1):
        for m in (1, 2, 5):
            y = m * 10.0 ** e
            if lo - 1e-9 <= math.log10(y) <= hi + 1e-9:
                out.append(f'<line x1="{x0 + LEFT}" x2="{x0 + W - RIGHT}" y1="{py(y):.1f}" y2="{py(y):.1f}" stroke="#ddd"/>'
                           f'<text x="{x0 + LEFT - 6}" y="{py(y) + 4:.1f}" text-anchor="end">{y:g}</text>')
    out += [f'<text x="{px(x):.1f}" y="{H - BOTTOM + 16}" text-anchor="middle">{x}</text>' for x in xs]
    for (who, test), points in lines.items():
        dash = ' stroke-dasharray="5 4"' if test == "decode" else ""
        path = " ".join(f"{px(x):.1f},{py(y):.1f}" for x, y in sorted(points))
        out.append(f'<polyline points="{path}" fill="none" stroke="{COLORS[who]}" stroke-width="2"{dash}/>')
        out += [f'<circle cx="{px(x):.1f}" cy="{py(y):.1f}" r="3" fill="{COLORS[who]}"/>' for x, y in points]
        x, y = max(points)
        out.append(f'<text x="{px(x):.1f}" y="{py(y) - 7:.1f}" text-anchor="end" fill="{COLORS[who]}">{who}, {test}</text>')
    return "\n".join(out)


def lines(results, key, tests):
    out = {}
    for r in results:
        for test in tests:
            t = r.get(test)
            for who, field in (("ours", "ours"), ("llama.cpp", "peer")):
                if t and field in t:
                    out.setdefault((who, test), []).append((r[key], t[field]["median"]))
    return out


def svg(results, model):
    """By depth, and by batch, of one model at full speed; None without at least two points of each."""
    here = [r for r in results if r["model"] == model and r["threads"] > 1 and r["full"]]
    by_depth = lines([r for r in here if r["batch"] == 1], "depth", ("prefill", "decode"))
    by_batch = lines([r for r in here if r["depth"] == 0], "batch", ("decode",))
    panels = [(t, x, l) for t, x, l in ((f"{model}, tok/s by depth", "tokens before", by_depth),
                                        ("all sequences, tok/s by batch", "sequences", by_batch))
              if l and max(map(len, l.values())) > 1]
    if not panels:
        return None
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {W * len(panels)} {H}" font-family="sans-serif" font-size="11">\n'
            f'<rect width="100%" height="100%" fill="white"/>\n'
            + "\n".join(panel(i * W, *p) for i, p in enumerate(panels)) + "\n</svg>\n")
