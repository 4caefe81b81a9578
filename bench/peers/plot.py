"""Bars as SVG, by matplotlib: one question, one picture. Logarithmic where servers differ by powers of ten."""

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "homing", "font.size": 10, "font.family": "sans-serif"})
from matplotlib import pyplot  # noqa: E402

OURS, THEIRS, FLOOR = "#0b7a75", "#9aa5ad", "#d9b44a"


def color(name):
    return OURS if name == "Homing" else FLOOR if name.endswith("floor") else THEIRS


def bars(path, title, unit, values, better):
    """`values`: (name, number or None). `better`: "less" or "more"."""
    known = [(name, value) for name, value in values if value is not None]
    if not known:
        return False
    figure, axes = pyplot.subplots(figsize=(7.2, 0.9 + 0.42 * len(known)), layout="constrained")
    names, numbers = [name for name, _ in known], [value for _, value in known]
    drawn = axes.barh(names, numbers, color=[color(name) for name in names], height=0.66)
    positive = [number for number in numbers if number > 0]
    if positive and max(positive) / min(positive) > 20:
        axes.set_xscale("log")
        axes.set_xlim(min(positive) / 2, max(positive) * 5)
        unit += ", logarithmic"
    else:
        axes.set_xlim(0, max(numbers + [1e-9]) * 1.2)
    axes.bar_label(drawn, labels=[f"{number:,.1f}" if number < 100 else f"{number:,.0f}" for number in numbers], padding=4)
    axes.invert_yaxis()
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axes.set_xlabel(f"{unit}; {better} is better")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    return True
