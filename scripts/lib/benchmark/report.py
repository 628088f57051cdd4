"""The figures as a table on the screen and as a curve of cost against size."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT, MARGIN = 640, 400, 60
COLOURS = ("#1b6ca8", "#c8553d", "#3a7d44", "#7a4e9f", "#8a6d1f", "#444444")


def as_lines(results: Mapping[str, Any]) -> list[str]:
    """The figures of every size, medians with their range, cost in bare scans."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    lines = [
        f"{machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']};"
        f" load {machine['load_at_start']} at the start; {versions}",
        f"median of {results['repeats']} runs (least to most); 1.00 is one bare scan of the orders",
    ]
    for size in results["sizes"]:
        unit = size["bare_scan_cpu_seconds"]
        lines += [
            "",
            f"{size['size']}: {size['customers']:,} customers, {size['orders']:,} orders;"
            f" a bare scan is {unit['median']:.2f} s of CPU",
        ]
        lines += [_line(each["name"], each, _remark(each)) for each in size["variants"]]
        if size["same_table"]:
            ours = size["same_table"]["this project"]["cpu_seconds"]["median"]
            lines.append(f"  the same table of {len_of_table()} columns:")
            lines += [
                _line(name, each, f"{each['cpu_seconds']['median'] / ours:.2f} of ours")
                for name, each in size["same_table"].items()
            ]
    for name, exponent in exponents(results).items():
        lines.append(f"{name}: cost grows with the number of orders to the power {exponent:.2f}")
    return lines


def len_of_table() -> int:
    """How many columns the peers make."""
    from lib.benchmark.peers import COLUMNS

    return len(COLUMNS)


def exponents(results: Mapping[str, Any]) -> dict[str, float]:
    """How CPU grows from the smallest size to the largest, as a power of the orders."""
    found = {}
    for name, points in _curves(results).items():
        if len(points) > 1:
            (first, low), (last, high) = points[0], points[-1]
            found[name] = math.log(high / low) / math.log(last / first)
    return found


def as_svg(results: Mapping[str, Any]) -> str:
    """CPU seconds against orders, both logarithmic, a line per variant."""
    curves = _curves(results)
    orders = [point[0] for points in curves.values() for point in points]
    seconds = [point[1] for points in curves.values() for point in points]
    left, right = math.log10(min(orders)) - 0.2, math.log10(max(orders)) + 0.2
    low, high = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))

    def x(value: float) -> float:
        return MARGIN + (math.log10(value) - left) / (right - left) * (WIDTH - 2 * MARGIN - 120)

    def y(value: float) -> float:
        share = (math.log10(value) - low) / (high - low)
        return HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f"<title>CPU seconds against orders</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for power in range(low, high + 1):
        height = y(10.0**power)
        parts.append(
            f'<line x1="{MARGIN}" x2="{WIDTH - MARGIN - 120}" y1="{height:.1f}" y2="{height:.1f}"'
            f' stroke="#ddd"/><text x="{MARGIN - 6}" y="{height + 4:.1f}"'
            f' text-anchor="end">{10.0**power:g} s</text>'
        )
    parts += [
        f'<text x="{x(number):.1f}" y="{HEIGHT - MARGIN + 20}" text-anchor="middle">'
        f"{number / 1e6:g} M orders</text>"
        for number in sorted(set(orders))
    ]
    for number, (name, points) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x(at):.1f},{y(cost):.1f}" for at, cost in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x(at):.1f}" cy="{y(cost):.1f}" r="3" fill="{colour}"/>'
            for at, cost in points
        ]
        at, cost = points[-1]
        parts.append(
            f'<text x="{x(at) + 8:.1f}" y="{y(cost) + 4:.1f}" fill="{colour}">{name}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])


def _curves(results: Mapping[str, Any]) -> dict[str, list[tuple[int, float]]]:
    curves: dict[str, list[tuple[int, float]]] = {}
    for size in results["sizes"]:
        for name, cost in _named(size):
            curves.setdefault(name, []).append((size["orders"], max(cost, 1e-3)))
    return curves


def _named(size: Mapping[str, Any]) -> Sequence[tuple[str, float]]:
    return [
        ("bare scan", size["bare_scan_cpu_seconds"]["median"]),
        *((each["name"], each["cpu_seconds"]["median"]) for each in size["variants"]),
    ]


def _remark(each: Mapping[str, Any]) -> str:
    goal = f"goal {each['goal']:g}" if each["goal"] else ""
    if each["share"]:
        return f"{each['share']['median']:.2f} of {each['share_of']}, {goal}"
    return goal


def _line(name: str, each: Mapping[str, Any], remark: str) -> str:
    ratio = each["bare_scans"]
    return (
        f"  {name:<16} {ratio['median']:9.2f} ({ratio['least']:.2f} to {ratio['most']:.2f})"
        f"  {each['cpu_seconds']['median']:9.2f} s CPU"
        f"  {each['peak_bytes'] / 1e6:7.0f} MB  {remark}"
    ).rstrip()
