"""A loaded process that measures one run for each line: qwen-run bench --lines, peer.py --lines."""
import json, subprocess, time

PAUSE_S = 0.05                      # the other side's threads go to sleep


def resident(pid):
    """Most bytes that a process has had resident; 0 where nothing tells it."""
    try:
        with open(f"/proc/{pid}/status") as f:
            return next((int(line.split()[1]) << 10 for line in f if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


class Side:
    def __init__(self, command):
        self.command = list(map(str, command))
        self.p = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, p, n, depth, batch):
        try:
            self.p.stdin.write(f"{p} {n} {depth} {batch}\n")
            self.p.stdin.flush()
            line = self.p.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise SystemExit(f"{' '.join(self.command)}: ended with {self.p.wait()}")
        time.sleep(PAUSE_S)
        return {**json.loads(line), "resident_bytes": resident(self.p.pid)}

    def close(self):
        self.p.stdin.close()
        if self.p.wait() != 0:
            raise SystemExit(f"{' '.join(self.command)}: ended with {self.p.returncode}")
