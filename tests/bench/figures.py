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


RATES = ("read_bytes_s", "int8_macs_s", "f32_macs_s")


def best(machine, probe):
    """The machine's limits so far, with one more probe: the highest of each."""
    return {**probe, **{k: max(probe[k], machine.get(k, 0)) for k in RATES}}


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def kind(machine):
    """Whose targets count.  A guest's processor may have any name, so its vendor is asked first."""
    vendor = machine.get("vendor") or machine["cpu"]
    return "amd" if "amd" in vendor.lower() or "hygon" in vendor.lower() else "intel"


COST = ("int8_macs", "f32_macs", "output_macs", "attn_macs", "step_weight_bytes", "kv_bytes_per_token")


def hold(r, machine):
    """Sets a row's limits by a machine's rates, and with them its shares and whether it is met."""
    for what, limit in (("prefill", lambda: prefill_limit(r["cost"], machine, r["p"], r["depth"])),
                        ("decode", lambda: decode_limit(r["cost"], machine, r["n"], r["depth"], r["batch"]))):
        if what in r:
            t = r[what]
            t["limit"] = limit()
            t["share"] = 100 * t["ours"]["median"] / t["limit"]
            t["met"] = met(t)


def summary(row, ours, peers, machine):
    """One row's figures from its runs, in the order of the pairs; peers may be empty."""
    r = {"row": row.name, "p": row.p, "n": row.n, "depth": row.depth, "batch": row.batch, "model": row.model,
         "threads": row.threads, "level": ours[0]["backend"], "pairs": len(ours), "cost": {k: ours[0][k] for k in COST}}
    shares = {"prefill": row.floor.prefill_share, "decode": row.floor.decode_share}
    here = kind(machine)
    targets = {k: dict(zip(("prefill", "decode"), getattr(row.floor, k))) for k in ("intel", "amd")}
    for what, tokens in (("prefill", row.p), ("decode", row.n)):
        if tokens == 0:
            continue
        key = what + "_tok_s"
        o = [x[key] for x in ours]
        t = {"ours": spread(o), "share_floor": shares[what], "ratio_floor": targets[here][what], "kind": here,
             "ratio_floors": {k: targets[k][what] for k in targets}}
        if peers:
            q = [x[key] for x in peers]
            t["peer"] = spread(q)
            t["ratio"] = spread([a / b for a, b in zip(o, q)])
        r[what] = t
    hold(r, machine)
    return r


def met(t):
    """True, False, or None where nothing is asked."""
    asked = [(t["share"], t["share_floor"])] + ([(t["ratio"]["median"], t["ratio_floor"])] if "ratio" in t else [])
    asked = [(have, want) for have, want in asked if want is not None]
    return all(have >= want for have, want in asked) if asked else None


def number(v):
    return f"{v:.0f}" if v >= 100 else f"{v:.1f}" if v >= 10 else f"{v:.2f}"


def floor_cell(t, which):
    """The target of one kind of machine; the one that counts here in bold."""
    v = t["ratio_floors"][which]
    return "" if v is None else f"**{v:g}**" if t["kind"] == which else f"{v:g}"


def mark(met):
    return {True: "✔", False: "✘", None: ""}[met]


def table(results, what):
    rows = [[r["row"], f"{r['p'] if what == 'prefill' else r['n']}", number(t["ours"]["median"]),
             number(t["peer"]["median"]) if "peer" in t else "",
             f"{t['ratio']['median']:.2f} ({t['ratio']['min']:.2f}–{t['ratio']['max']:.2f})" if "ratio" in t else "",
             floor_cell(t, "intel"), floor_cell(t, "amd"),
             f"{t['share']:.0f} %", f"{t['share_floor']:g} %" if t["share_floor"] is not None else "", mark(t["met"])]
            for r in results if (t := r.get(what))]
    head = [what, "tokens", "ours, tok/s", "peer, tok/s", "ratio (min–max)", "≥ Intel", "≥ AMD",
            "share of " + ("arithmetic" if what == "prefill" else "bandwidth"), "≥", ""]
    lines = ["| " + " | ".join(r) + " |" for r in [head, ["---"] + ["---:"] * 8 + ["---"]] + rows]
    return "\n".join(lines) + "\n"


# ---- memory -------------------------------------------------------------------------------------

def memory(name, tokens, batch, ours):
    """What a process that held `tokens` of each sequence had resident at most, beside what it may: the
    repacked weights and the KV, a tenth more, and 100 MiB."""
    pages = -(-tokens // 16) * batch
    kv = pages * ours["page_bytes"]
    most = max(1, ours["resident_bytes"])
    bound = 1.1 * (ours["weight_bytes"] + kv) + (100 << 20)
    return {"row": name, "tokens": tokens, "batch": batch, "weight_bytes": ours["weight_bytes"], "kv_bytes": kv,
            "resident_bytes": most, "bound_bytes": bound, "met": most <= bound}


def memory_table(rows):
    out = ["| memory | tokens | sequences | weights, MiB | KV, MiB | resident at most, MiB | ≤ |  |",
           "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"]
    mib = lambda v: f"{v / (1 << 20):.0f}"
    out += [f"| {r['row']} | {r['tokens']} | {r['batch']} | {mib(r['weight_bytes'])} | {mib(r['kv_bytes'])} | "
            f"{mib(r['resident_bytes'])} | {mib(r['bound_bytes'])} | {mark(r['met'])} |" for r in rows]
    return "\n".join(out) + "\n"


# ---- several runs as one ----------------------------------------------------------------------------

def merge(docs):
    """One document of several from the same machine: of each row and part the last one, each row held to the
    limits of its own run, since a guest's change with what its host does."""
    out = {**docs[-1], "rows": [], "machines": {}, "memory": [], "quick": any(d["quick"] for d in docs),
           "load": max(d["load"] for d in docs), "seconds": sum(d.get("seconds", 0) for d in docs),
           "peer": next((d["peer"] for d in reversed(docs) if d["peer"]), None)}
    for d in docs:
        for name, m in d["machines"].items():
            seen = out["machines"].get(name, m)
            out["machines"][name] = {**best(seen, m), "least": {k: min(m[k], seen.get("least", m)[k]) for k in RATES}}
        for key, of in (("rows", lambda r: r["row"]), ("memory", lambda r: (r["row"], r["tokens"], r["batch"])),
                        ("daemon", lambda r: r["row"])):
            if d.get(key):
                new = {of(r) for r in d[key]}
                out[key] = [r for r in out.get(key, []) if of(r) not in new] + d[key]
        for key in ("speculation", "start"):
            if d.get(key):
                out[key] = d[key]
    return out


# ---- the whole ------------------------------------------------------------------------------------

def unmet(doc):
    """One line for each target that is not met."""
    out = []
    for r in doc["rows"]:
        for what in ("prefill", "decode"):
            t = r.get(what)
            if not t or t["met"] is not False:
                continue
            if "ratio" in t and t["ratio_floor"] is not None and t["ratio"]["median"] < t["ratio_floor"]:
                out.append(f"{r['row']}, {what}: {t['ratio']['median']:.2f} × the peer, not {t['ratio_floor']:g}")
            if t["share_floor"] is not None and t["share"] < t["share_floor"]:
                out.append(f"{r['row']}, {what}: {t['share']:.0f} % of the limit, not {t['share_floor']:g} %")
    for r in doc.get("memory", []):
        if not r["met"]:
            out.append(f"{r['row']}, memory: {r['resident_bytes'] / (1 << 20):.0f} MiB, not {r['bound_bytes'] / (1 << 20):.0f}")
    for r in doc.get("daemon", []):
        if not r["met"]:
            out.append(f"{r['row']}: {r['share']['median']:.1f} % of qwen-run bench, not {r['floor']} %")
    for r in doc.get("start", []):
        out += r["unmet"]
    return out


def start_unmet(r, first, cached):
    """What a row of start_bench misses; first, cached: seconds, or None."""
    out = [f"{r['file']}, {what}: {statistics.median(r[key]):.2f} s, not {most:g}"
           for what, key, most in (("first start", "first_s", first), ("start with the cache", "cached_s", cached))
           if most is not None and statistics.median(r[key]) > most]
    if r["peak"] > r["bound"]:
        out.append(f"{r['file']}, memory: {r['peak'] / (1 << 20):.0f} MiB, not {r['bound'] / (1 << 20):.0f}")
    return out


def machine_line(machine):
    least = machine.get("least", machine)

    def rate(key, digits):
        low, high = (f"{m[key] / 1e9:.{digits}f}" for m in (least, machine))
        return high if low == high else f"{low}–{high}"
    several = "; each row is held to the limits measured around it" if least is not machine else ""
    return (f"{machine['cpu']}, {machine['cores']} cores, {machine['threads']} threads: read {rate('read_bytes_s', 1)} GB/s, "
            f"int8 {rate('int8_macs_s', 0)} G and float32 {rate('f32_macs_s', 0)} G multiply-adds/s{several}")


def markdown(doc, more=()):
    """more: tables of the parts that have modules of their own."""
    m = doc["machines"].get("2 threads") or next(iter(doc["machines"].values()))
    out = [f"Measured {doc['date']}{' (quick)' if doc['quick'] else ''}, load of other programs {doc['load']:.1f} at the start.",
           machine_line(m) + ".", f"Peer: {doc['peer']}." if doc["peer"] else "Without a peer."]
    missed = unmet(doc)
    out.append("Every target that was measured is met." if not missed else "Not met:\n\n" + "\n".join("- " + line for line in missed))
    tables = [table(doc["rows"], what) for what in ("prefill", "decode") if any(what in r for r in doc["rows"])]
    tables += [memory_table(doc["memory"])] if doc.get("memory") else []
    return "\n\n".join(out) + "\n\n" + "\n".join(tables + list(more))
