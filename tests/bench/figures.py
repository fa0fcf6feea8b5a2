"""Arithmetic of the bench: limits, shares, ratios, and the tables made of them."""
import statistics


def prefill_limit(cost, machine, p, depth):
    """tok/s that the multiply-adds of p tokens after depth allow: weights at the int8 rate (float
    weights at the float32 rate), attention at the float32 rate, one row of logits."""
    seen = p * depth + p * (p + 1) / 2
    out_is_int8 = cost["int8_macs"] > 0
    int8 = p * cost["int8_macs"] + (cost["output_macs"] if out_is_int8 else 0)
    f32 = p * cost["f32_macs"] + seen * cost["attn_macs"] + (0 if out_is_int8 else cost["output_macs"])
    return p / (int8 / machine["int8_macs_s"] + f32 / machine["f32_macs_s"])


def decode_limit(cost, machine, n, depth, batch):
    """tok/s of all sequences that reading the weights once, and every sequence's KV, allows; the
    mean over n steps after depth."""
    seen = depth + (n + 1) / 2
    step_bytes = cost["step_weight_bytes"] + batch * seen * cost["kv_bytes_per_token"]
    return batch * machine["read_bytes_s"] / step_bytes


def best(machine, probe):
    """The machine's limits so far, with one more probe: the highest of each."""
    keys = ("read_bytes_s", "int8_macs_s", "f32_macs_s")
    return {**probe, **{k: max(probe[k], machine.get(k, 0)) for k in keys}}


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def kind(cpu):
    return "amd" if "amd" in cpu.lower() else "intel"


def summary(row, ours, peers, machine):
    """One row's figures from its runs, in the order of the pairs; peers may be empty."""
    r = {"row": row.name, "p": row.p, "n": row.n, "depth": row.depth, "batch": row.batch, "model": row.model,
         "threads": row.threads, "level": ours[0]["backend"], "pairs": len(ours)}
    limits = {"prefill": prefill_limit(ours[0], machine, row.p, row.depth) if row.p else None,
              "decode": decode_limit(ours[0], machine, row.n, row.depth, row.batch) if row.n else None}
    shares = {"prefill": row.floor.prefill_share, "decode": row.floor.decode_share}
    ratios = dict(zip(("prefill", "decode"), getattr(row.floor, kind(machine["cpu"]))))
    for what in ("prefill", "decode"):
        if limits[what] is None:
            continue
        key = what + "_tok_s"
        o = [x[key] for x in ours]
        t = {"ours": spread(o), "limit": limits[what], "share": 100 * statistics.median(o) / limits[what],
             "share_floor": shares[what], "ratio_floor": ratios[what]}
        if peers:
            q = [x[key] for x in peers]
            t["peer"] = spread(q)
            t["ratio"] = spread([a / b for a, b in zip(o, q)])
        t["met"] = met(t)
        r[what] = t
    return r


def met(t):
    """True, False, or None where nothing is asked."""
    asked = [(t["share"], t["share_floor"])] + ([(t["ratio"]["median"], t["ratio_floor"])] if "ratio" in t else [])
    asked = [(have, want) for have, want in asked if want is not None]
    return all(have >= want for have, want in asked) if asked else None


def number(v):
    return f"{v:.0f}" if v >= 100 else f"{v:.1f}" if v >= 10 else f"{v:.2f}"


def table(results, what):
    rows = [[r["row"], f"{r['p'] if what == 'prefill' else r['n']}", number(t["ours"]["median"]),
             number(t["peer"]["median"]) if "peer" in t else "",
             f"{t['ratio']['median']:.2f} ({t['ratio']['min']:.2f}–{t['ratio']['max']:.2f})" if "ratio" in t else "",
             f"{t['ratio_floor']:g}" if t["ratio_floor"] is not None else "",
             f"{t['share']:.0f} %", f"{t['share_floor']:g} %" if t["share_floor"] is not None else "",
             {True: "✔", False: "✘", None: ""}[t["met"]]]
            for r in results if (t := r.get(what))]
    head = [what, "tokens", "ours, tok/s", "peer, tok/s", "ratio (min–max)", "floor",
            "share of " + ("arithmetic" if what == "prefill" else "bandwidth"), "floor", ""]
    lines = ["| " + " | ".join(r) + " |" for r in [head, ["---"] + ["---:"] * 7 + ["---"]] + rows]
    return "\n".join(lines) + "\n"


def machine_line(machine):
    return (f"{machine['cpu']}, {machine['cores']} cores, {machine['threads']} threads: read {machine['read_bytes_s'] / 1e9:.1f} GB/s, "
            f"int8 {machine['int8_macs_s'] / 1e9:.0f} G and float32 {machine['f32_macs_s'] / 1e9:.0f} G multiply-adds/s")


def markdown(doc):
    m = doc["machines"].get("2 threads") or next(iter(doc["machines"].values()))
    out = [f"Measured {doc['date']}{' (quick)' if doc['quick'] else ''}, load of other programs {doc['load']:.1f} at the start.",
           machine_line(m) + ".", f"Peer: {doc['peer']}." if doc["peer"] else "Without a peer."]
    return "\n\n".join(out) + "\n\n" + table(doc["rows"], "prefill") + "\n" + table(doc["rows"], "decode")
