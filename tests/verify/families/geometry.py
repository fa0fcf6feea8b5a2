"""Plane and solid geometry with given numbers."""
from .core import F, Pi, Question, Raw, Surd, Tuple, family, frac, plus, poly, root, scaled, surd, times
from .equations import nonzero

TRIPLES = [(3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25), (20, 21, 29), (9, 40, 41), (6, 8, 10), (9, 12, 15)]


def pi(b, a=0):
    return Pi(F(a), F(b))


def cm(power=1):
    """The unit in the question, and how an answer may carry it."""
    zh, en = {1: ("厘米", "centimetres"), 2: ("平方厘米", "square centimetres"), 3: ("立方厘米", "cubic centimetres")}[power]
    return zh, en, ((("", zh), ("", "cm")) if power == 1 else (("", zh), ("",)))


@family("rectangle: area, perimeter, diagonal")
def rectangle(r):
    a, b = r.randint(3, 20), r.randint(2, 18)
    zh_w, en_w, right, p = r.choice([("面积", "area", F(a * b), 2), ("周长", "perimeter", F(2 * (a + b)), 1), ("对角线的长", "length of the diagonal", root(a * a + b * b), 1)])
    near = [F(a * b), F(2 * (a + b)), root(a * a + b * b), F(a + b), F(a * b, 2), scaled(right, 2)]
    zh_u, en_u, units = cm(p)
    if r.random() < .4 and p < 3:
        return Question((f"一个长方形的长为 {a} 厘米，宽为 {b} 厘米，它的{zh_w}是多少{zh_u}？",),
                        (f"A rectangle is {a} cm long and {b} cm wide. What is its {en_w} in {en_u}?" if "diag" not in en_w else f"A rectangle is {a} cm long and {b} cm wide. What is the {en_w} in {en_u}?",),
                        right, near, unit=units, wrong_units=("kg", "s"))
    return Question((f"长方形的长为 {a}，宽为 {b}，求它的{zh_w}。",), (f"A rectangle has length {a} and width {b}. Find its {en_w}." if "diag" not in en_w else f"A rectangle has length {a} and width {b}. Find the {en_w}.",), right, near)


@family("right triangle: the third side")
def pythagoras(r):
    a, b, c = r.choice(TRIPLES)
    if r.random() < .3:
        a, b = r.randint(2, 11), r.randint(2, 11)
        c = root(a * a + b * b)
    if r.random() < .5 or not isinstance(c, int):
        return Question((f"直角三角形的两条直角边长分别为 {a} 和 {b}，求斜边的长。",), (f"A right triangle has legs {a} and {b}. How long is the hypotenuse?", f"The legs of a right triangle have lengths {a} and {b}. Find the length of the hypotenuse."),
                        c if not isinstance(c, int) else F(c), [F(a + b), root(abs(a * a - b * b)), F(a * a + b * b), root(a * a + b * b + 1)])
    return Question((f"直角三角形的斜边长为 {c}，一条直角边长为 {a}，求另一条直角边的长。",), (f"A right triangle has hypotenuse {c} and one leg {a}. Find the other leg.",), F(b),
                    [root(c * c + a * a), F(c - a), F(b + 1), F(b * b)])


@family("triangle from its three sides: area")
def heron(r):
    while True:
        a, b, c = r.choice([(13, 14, 15), (r.randint(3, 14), r.randint(3, 14), r.randint(3, 14))])
        if a + b > c and a + c > b and b + c > a:
            break
    s = F(a + b + c, 2)
    right = root(s * (s - a) * (s - b) * (s - c))
    near = [scaled(right, 2), F(a * b, 2), scaled(right, F(1, 2)), F(a + b + c), root(s * (s - a) * (s - b) * (s - c) + 1)]
    return Question((f"三角形三边长分别为 {a}、{b}、{c}，求其面积。",), (f"A triangle has sides {a}, {b} and {c}. Find its area.", f"Find the area of a triangle with side lengths {a}, {b} and {c}."), right, near)


@family("sector: area, arc length")
def sector(r):
    R, deg = r.randint(2, 18), r.choice([30, 36, 40, 45, 60, 72, 90, 120, 135, 150, 240, 270])
    area, arc = F(deg * R * R, 360), F(deg * 2 * R, 360)
    zh_w, en_w, right = r.choice([("面积", "area of the sector", area), ("弧长", "length of its arc", arc)])
    near = [pi(area), pi(arc), pi(area * 2), pi(arc / 2), pi(R * R), F(right)]
    return Question((f"扇形的半径为 {R}，圆心角为 [[{deg}^\\circ]]，求扇形的{zh_w}。",), (f"A sector of a circle of radius {R} has a central angle of [[{deg}^\\circ]]. Find the {en_w}.",), pi(right), near)


@family("circle: radius or diameter, area or circumference")
def circle(r):
    R = r.randint(2, 15)
    given_zh, given_en = r.choice([(f"半径为 {R}", f"radius {R}"), (f"直径为 {2 * R}", f"diameter {2 * R}")])
    zh_w, en_w, right = r.choice([("面积", "area", R * R), ("周长", "circumference", 2 * R)])
    return Question((f"一个圆的{given_zh}，求它的{zh_w}。",), (f"A circle has {given_en}. Find its {en_w}.",), pi(right),
                    [pi(v) for v in (R * R, 2 * R, 4 * R * R, 4 * R, R, right + 1)] + [F(right)])


@family("square and circle, one in the other")
def square_circle(r):
    a = r.choice([2, 4, 6, 8, 10, 12, 14, 3, 5, 7])
    if r.random() < .5:                                 # the circle in the square
        return Question((f"正方形的边长为 {a}，其内有一个内切圆，求正方形内、圆外部分的面积。", f"一个圆内切于边长为 {a} 的正方形，求正方形内圆外部分的面积。"),
                        (f"A circle is inscribed in a square with side length {a}. Find the area of the region inside the square but outside the circle.",),
                        pi(-F(a * a, 4), a * a), [pi(F(a * a, 4), -a * a), pi(-a * a, a * a), pi(F(a * a, 2), -a * a), pi(-F(a, 2), a * a), pi(F(a * a, 4))])
    return Question((f"边长为 {a} 的正方形内接于一个圆，求圆内、正方形外部分的面积。",),
                    (f"A square with side length {a} is inscribed in a circle. Find the area of the region inside the circle but outside the square.",),
                    pi(F(a * a, 2), -a * a), [pi(-F(a * a, 4), a * a), pi(-F(a * a, 2), a * a), pi(2 * a * a, -a * a), pi(F(a * a, 4), -a * a), pi(F(a * a, 2))])


@family("inscribed and circumscribed circle of a right triangle")
def right_circles(r):
    a, b, c = r.choice(TRIPLES)
    inner, outer = F(a + b - c, 2), F(c, 2)
    zh_w, en_w, right = r.choice([("内切圆", "inscribed circle", inner), ("外接圆", "circumscribed circle", outer)])
    what = r.random() < .7
    value = right if what else pi(right * right)
    near = [inner, outer, right * 2, right + 1, F(a * b, 2)] if what else [pi(inner ** 2), pi(outer ** 2), pi(right * 2), pi(right), right ** 2]
    return Question((f"直角三角形的两条直角边长分别为 {a} 和 {b}，求它的{zh_w}的{'半径' if what else '面积'}。",),
                    (f"A right triangle has legs of length {a} and {b}. Find the {'radius' if what else 'area'} of its {en_w}.",), value, near)


@family("regular polygons")
def polygon(r):
    a = r.randint(1, 12)
    zh_n, en_n, c, n = r.choice([("正六边形", "regular hexagon", F(3, 2), 6), ("等边三角形", "equilateral triangle", F(1, 4), 3)])
    right = surd(0, c * a * a, 3)
    near = [surd(0, c * a, 3), surd(0, 2 * c * a * a, 3), surd(0, c * a * a / 2, 3), F(n * a), surd(0, c * a * a, 2)]
    if r.random() < .3:
        ext = r.choice([5, 6, 8, 9, 10, 12, 15, 18, 20])
        return Question((f"正 {ext} 边形的每个内角是多少度？",), (f"How many degrees is each interior angle of a regular polygon with {ext} sides?",), F(180 * (ext - 2), ext),
                        [F(360, ext), F(180 * (ext - 2)), F(180 * (ext - 1), ext), F(180 * (ext - 2), ext) + 1], unit=(("", "度"), ("", "degrees")))
    return Question((f"{zh_n}的边长为 {a}，求它的面积。",), (f"Find the area of a {en_n} with side length {a}.".replace("a equi", "an equi"),), right, near)


@family("cone")
def cone(r):
    R, h, l = r.choice(TRIPLES)
    if r.random() < .4:
        R, h = h, R
    zh_w, en_w, right = r.choice([("体积", "volume", F(R * R * h, 3)), ("侧面积", "lateral surface area", F(R * l)), ("表面积", "total surface area", F(R * l + R * R))])
    near = [pi(v) for v in (F(R * R * h), F(R * R * h, 3), R * l, R * l + R * R, R * h, 2 * R * l, R * R, right + 1)]
    if "体" not in zh_w and r.random() < .4:
        return Question((f"圆锥的底面半径为 {R}，母线长为 {l}，求它的{zh_w}。",), (f"A cone has base radius {R} and slant height {l}. Find its {en_w}.",), pi(right), near)
    if r.random() < .2:
        return Question((f"圆锥的底面直径为 {2 * R}，高为 {h}，求它的{zh_w}。",), (f"A cone has base diameter {2 * R} and height {h}. What is its {en_w}?",), pi(right), near)
    return Question((f"圆锥的底面半径为 {R}，高为 {h}，求它的{zh_w}。",), (f"A cone has base radius {R} and height {h}. What is its {en_w}?",), pi(right), near)


@family("cylinder, sphere")
def round_solids(r):
    R, h = r.randint(1, 9), r.randint(2, 15)
    if r.random() < .55:
        zh_w, en_w, right = r.choice([("体积", "volume", R * R * h), ("侧面积", "lateral surface area", 2 * R * h), ("表面积", "total surface area", 2 * R * h + 2 * R * R)])
        near = [R * R * h, 2 * R * h, 2 * R * h + 2 * R * R, F(R * R * h, 3), 2 * R * h + R * R, 4 * R * R * h, right + 1]
        return Question((f"圆柱的底面半径为 {R}，高为 {h}，求它的{zh_w}。",), (f"A cylinder has base radius {R} and height {h}. Find its {en_w}.",), pi(right), [pi(v) for v in near])
    zh_w, en_w, right = r.choice([("体积", "volume", F(4 * R ** 3, 3)), ("表面积", "surface area", F(4 * R * R))])
    near = [F(4 * R ** 3, 3), 4 * R * R, F(4 * R * R, 3), R ** 3, F(32 * R ** 3, 3), 16 * R * R, right + 1]
    return Question((f"求半径为 {R} 的球的{zh_w}。", f"球的半径为 {R}，求它的{zh_w}。"), (f"Find the {en_w} of a sphere of radius {R}.", f"A sphere has radius {R}. What is its {en_w}?"), pi(right), [pi(v) for v in near])


@family("cuboid: volume, surface, diagonal")
def cuboid(r):
    a, b, c = r.randint(2, 12), r.randint(2, 12), r.randint(2, 12)
    zh_w, en_w, right = r.choice([("体积", "its volume", F(a * b * c)), ("表面积", "its surface area", F(2 * (a * b + b * c + c * a))), ("体对角线的长", "the length of its space diagonal", root(a * a + b * b + c * c))])
    near = [F(a * b * c), F(2 * (a * b + b * c + c * a)), F(a * b + b * c + c * a), root(a * a + b * b), root(a * a + b * b + c * c), F(a + b + c), scaled(right, 2)]
    return Question((f"长方体的长、宽、高分别为 {a}、{b}、{c}，求它的{zh_w}。",), (f"A rectangular box measures {a} by {b} by {c}. Find {en_w}.",), right, near)


@family("distance between two points, midpoint")
def points(r):
    a, b, c, d = (r.randint(-9, 9) for _ in range(4))
    while (a, b) == (c, d):
        c = r.randint(-9, 9)
    dist = root((a - c) ** 2 + (b - d) ** 2)
    if r.random() < .65:
        return Question((f"求点 [[A({a}, {b})]] 与 [[B({c}, {d})]] 之间的距离。",), (f"Find the distance between the points [[({a}, {b})]] and [[({c}, {d})]].",), dist,
                        [root((a + c) ** 2 + (b + d) ** 2), F(abs(a - c) + abs(b - d)), F((a - c) ** 2 + (b - d) ** 2), root((a - c) ** 2 + (b + d) ** 2), scaled(dist, 2)])
    mid = Tuple((F(a + c, 2), F(b + d, 2)))
    return Question((f"求点 [[A({a}, {b})]] 与 [[B({c}, {d})]] 连线段的中点坐标。",), (f"Find the midpoint of the segment from [[({a}, {b})]] to [[({c}, {d})]].",), mid,
                    [Tuple((F(a - c, 2), F(b - d, 2))), Tuple((F(a + c), F(b + d))), Tuple((mid.values[1], mid.values[0])), Tuple((mid.values[0] + 1, mid.values[1]))])


@family("distance from a point to a line")
def point_line(r):
    a, b = r.choice([(3, 4), (3, -4), (4, 3), (5, 12), (5, -12), (8, 15), (1, 1), (1, -1), (2, 1), (1, -2), (1, 3)])
    c, x, y = r.randint(-12, 12), r.randint(-7, 7), r.randint(-7, 7)
    top, n = abs(a * x + b * y + c), a * a + b * b
    line = f"{plus(plus(times(a, 'x'), times(b, 'y')), str(c))} = 0"
    right = scaled(root(F(1, n)), top)
    near = [F(top), F(top, n), scaled(root(F(1, n)), abs(a * x - b * y + c)), scaled(root(F(1, n)), abs(a * x + b * y - c)), scaled(root(F(1, n)), top + 1)]
    return Question((f"求点 [[({x}, {y})]] 到直线 [[{line}]] 的距离。", f"求点 [[P({x}, {y})]] 到直线 [[l: {line}]] 的距离。"),
                    (f"Find the distance from the point [[({x}, {y})]] to the line [[{line}]].", f"What is the distance from [[({x}, {y})]] to the line [[{line}]]?"), right, near)


@family("law of cosines")
def cosines(r):
    b, c, deg = r.randint(2, 12), r.randint(2, 12), r.choice([60, 90, 120])
    t = {60: b * c, 90: 0, 120: -b * c}[deg]
    right = root(b * b + c * c - t)
    near = [root(b * b + c * c + t), root(b * b + c * c), F(b * b + c * c - t), root(b * b + c * c - t + 1), F(b + c)]
    return Question((f"在 [[\\triangle ABC]] 中，[[AB = {c}]]，[[AC = {b}]]，[[\\angle A = {deg}^\\circ]]，求 [[BC]] 的长。",),
                    (f"In triangle [[ABC]], [[AB = {c}]], [[AC = {b}]] and [[\\angle A = {deg}^\\circ]]. Find [[BC]].",), right, near)


@family("circle from its equation")
def circle_equation(r):
    h, k, R = nonzero(r, -7, 7), nonzero(r, -7, 7), r.randint(1, 9)
    eq = "x^2 + y^2"
    for c, v in ((-2 * h, "x"), (-2 * k, "y"), (h * h + k * k - R * R, "")):
        if c:
            eq = plus(eq, times(c, v) if v else str(c))
    if r.random() < .5:
        return Question((f"求圆 [[{eq} = 0]] 的半径。",), (f"Find the radius of the circle [[{eq} = 0]].",), F(R), [F(R * R), F(2 * R), F(R + 1), root(h * h + k * k)])
    return Question((f"求圆 [[{eq} = 0]] 的圆心坐标。",), (f"Find the centre of the circle [[{eq} = 0]].",), Tuple((F(h), F(k))),
                    [Tuple((F(-h), F(-k))), Tuple((F(2 * h), F(2 * k))), Tuple((F(k), F(h))), Tuple((F(h), F(-k)))])
