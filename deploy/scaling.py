#!/usr/bin/env python3
"""What a deployment for many viewers needs: the model of docs/scaling.md, with the constants of its table.

scaling.py             writes the table of deployments into docs/scaling.md
scaling.py --check     fails where that table is not what the constants give
scaling.py --viewers N [--NAME VALUE …]   prints one deployment, with other constants than the document's
"""
import argparse
import math
import pathlib
import re
import sys

DOCUMENT = pathlib.Path(__file__).parent.parent / "docs" / "scaling.md"
BEGIN, END = "<!-- deployments -->", "<!-- end -->"
VIEWERS = (100, 1_000, 10_000)


def constants(text: str) -> dict[str, float]:
    """The constants of the document: rows whose first cell is a name in backquotes and whose second is a number."""
    return {name: float(value.replace(",", "")) for name, value in re.findall(r"^\| `(\w+)` \| ([\d.,]+)", text, re.M)}


def deployment(viewers: int, c: dict[str, float]) -> dict[str, float]:
    """What `viewers` open viewers need. Each line is one formula of the document."""
    moving = viewers * c["moving"]
    cores = moving * c["frames"] * c["core_ms"] / 1000 / c["busy"]
    by_cores = math.ceil(cores / c["cores"])
    by_memory = math.ceil(viewers * c["viewer_mib"] / (c["memory_mib"] - c["base_mib"] - c["bricks_mib"]))
    servers = max(2, by_cores, by_memory)
    encoding = moving * c["frames"] * c["encode_ms"] / 1000 / c["busy"]
    by_card = math.ceil(moving * c["frames"] / (c["gpu_frames"] * c["busy"]))
    cards = max(2, by_card, math.ceil(encoding / c["gpu_cores"]), by_memory)
    return {
        "moving": moving,
        "cores": cores,
        "servers": servers,
        "cards": cards,
        "encoding": encoding,
        "memory": servers * (c["base_mib"] + c["bricks_mib"]) + viewers * c["viewer_mib"],
        "egress": moving * c["frames"] * c["frame_kb"] * 8 / 1000,
        "queries": viewers * c["queries"] / c["access_s"] + viewers * c["editing"] * c["edit_queries"],
        "edits": viewers * c["editing"],
        "messages": moving * c["presence"],
        "reads": servers * c["hot_gb"],
    }


def table(c: dict[str, float]) -> str:
    """The deployments side by side, Markdown."""
    columns = [deployment(v, c) for v in VIEWERS]
    rows = (
        ("viewers that move something at once", "moving", "{:,.0f}"),
        ("processor cores that draw", "cores", "{:,.1f}"),
        ("servers of `cores` cores, two at least", "servers", "{:,.0f}"),
        ("or servers with a graphics processor, two at least", "cards", "{:,.0f}"),
        ("cores that encode for those", "encoding", "{:,.1f}"),
        ("memory of all servers, GiB", "memory", None),
        ("pictures sent, Mbit/s", "egress", "{:,.0f}"),
        ("edits a second", "edits", "{:,.0f}"),
        ("queries of PostgreSQL a second", "queries", "{:,.0f}"),
        ("messages of presence through Redis a second", "messages", "{:,.0f}"),
        ("read from the blob store until all servers have the hot scans, GB", "reads", "{:,.0f}"),
    )
    lines = ["| open viewers | " + " | ".join(f"{v:,}" for v in VIEWERS) + " |", "|---" * (len(VIEWERS) + 1) + "|"]
    for name, key, form in rows:
        cells = [f"{d[key] / 1024:,.0f}" if form is None else form.format(d[key]) for d in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    text = DOCUMENT.read_text(encoding="utf-8")
    known = constants(text)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--viewers", type=int)
    for name, value in known.items():
        parser.add_argument(f"--{name}", type=float, default=value)
    given = vars(parser.parse_args())
    chosen = {name: given[name] for name in known}
    if given["viewers"] is not None:
        for name, value in deployment(given["viewers"], chosen).items():
            print(f"{name:10}{value:12,.1f}")
        return 0
    before, rest = text.split(BEGIN)
    written = before + BEGIN + "\n" + table(known) + rest[rest.index(END):]
    if given["check"]:
        if written != text:
            print(f"{DOCUMENT} has another table than its constants give; run deploy/scaling.py.", file=sys.stderr)
        return int(written != text)
    DOCUMENT.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
