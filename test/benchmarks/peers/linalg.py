"""The kernels of ../linalg-kernels.ts in NumPy or PyTorch, float64, timed on request.

Reads one JSON object per line and answers with one per line:
  {"prepare": name, "sizes": [...]}  ->  {"ok": true}
  {"run": iterations}                ->  {"seconds": per iteration, "checksum": sum of |result| of the last one}
  {"memory": name, "sizes": [...]}   ->  {"peakMiB": what a run adds to this process's memory; null where unknown}

Usage: linalg.py numpy|torch THREADS wall|cpu   (the caller also sets OPENBLAS_NUM_THREADS and OMP_NUM_THREADS)
"""

import ctypes
import gc
import json
import math
import sys
import time

import numpy as np


def pseudo_random(shape, offset):
    x = 43758.5453 * np.sin(12.9898 * np.arange(math.prod(shape), dtype=np.float64) + offset)
    return (x - np.floor(x) - 0.5).reshape(shape)


def positive(batch, n):
    a = pseudo_random((batch, n, n), 1)
    return a @ a.transpose(0, 2, 1) + np.eye(n)


def step_data(n, m):
    widths = [784, m, m, 1]
    weights = [math.sqrt(12) * pseudo_random((out, width), i + 1) for i, (width, out) in enumerate(zip(widths, widths[1:]))]
    gains = [math.sqrt(2 / width) for width in widths[:-1]]
    raw = pseudo_random((n, 784), 9)
    inputs = raw / np.sqrt((raw**2).sum(1, keepdims=True))
    return weights, gains, inputs, np.sign(pseudo_random((n, 1), 10))


class NumPy:
    def gemm(self, m, k, n):
        a, b = pseudo_random((m, k), 1), pseudo_random((k, n), 2)
        return lambda: a @ b

    def gram(self, n, m):
        a = pseudo_random((n, m), 1)
        return lambda: a @ a.T

    def accumulate(self, m, k, n):
        target, a, b = pseudo_random((m, n), 1), pseudo_random((k, m), 2), pseudo_random((k, n), 3)

        def run():
            nonlocal target
            target += 1e-3 * (a.T @ b)
            return target[:1]

        return run

    def cholesky(self, batch, n):
        from scipy.linalg import cho_factor, cho_solve

        a, b = positive(batch, n), pseudo_random((batch, n, 1), 2)
        if batch == 1:
            return lambda: cho_solve(cho_factor(a[0], lower=True, check_finite=False), b[0], check_finite=False)
        return lambda: np.stack([cho_solve((factor, True), side, check_finite=False) for factor, side in zip(np.linalg.cholesky(a), b)])

    def eigh(self, n):
        a = positive(1, n)
        return lambda: np.linalg.eigh(a)[0]

    def svd(self, m, n):
        a = pseudo_random((m, n), 1)
        return lambda: np.linalg.svd(a, full_matrices=False)[1]

    def qr(self, m, n):
        a = pseudo_random((m, n), 1)
        return lambda: np.abs(np.linalg.qr(a)[1])

    def leastSquares(self, m, n):
        a, b = pseudo_random((m, n), 1), pseudo_random((m, 1), 2)
        return lambda: np.linalg.lstsq(a, b, rcond=None)[0]

    def relu(self, n, m):
        x, row = pseudo_random((n, m), 1), pseudo_random((1, m), 2)

        def run():
            u = x * 1.5 + row
            return np.maximum(u, 0) * (u > 0)

        return run

    def tanh(self, n, m):
        x = pseudo_random((n, m), 1)
        return lambda: 1 - np.tanh(x) ** 2

    def sumRows(self, n, m):
        x = pseudo_random((n, m), 1)
        return lambda: x.sum(0) + x.sum(1)

    def transpose(self, n, m):
        x = pseudo_random((n, m), 1)
        return lambda: np.ascontiguousarray(x.T)

    def batchedTrials(self, batch, n, m):
        x, y = pseudo_random((batch, n, m), 1), pseudo_random((batch, n, 1), 2)
        ridge = np.eye(n)
        return lambda: np.linalg.solve(x @ x.transpose(0, 2, 1) + ridge, y)

    def blockDiagonalStep(self, n, m):
        from scipy.linalg import cho_factor, cho_solve

        weights, gains, inputs, targets = step_data(n, m)

        def run():
            h, u = [inputs], []
            for weight, gain in zip(weights, gains):
                u.append(gain * (h[-1] @ weight.T))
                h.append(np.maximum(u[-1], 0))
            delta = [np.ones((n, 1))]
            for weight, gain, pre in zip(weights[:0:-1], gains[:0:-1], u[-2::-1]):
                delta.insert(0, gain * (pre > 0) * (delta[0] @ weight))
            residual = u[-1] - targets
            for l, (weight, gain) in enumerate(zip(weights, gains)):
                theta = (delta[l] @ delta[l].T) * (gain**2 / n * (h[l] @ h[l].T))
                theta[np.diag_indices(n)] += 1e-6
                v = cho_solve(cho_factor(theta, lower=True, check_finite=False), residual / n, check_finite=False)
                weight -= gain / 3 * ((delta[l] * v).T @ h[l])
            return residual

        return run

    @staticmethod
    def checksum(result):
        return float(np.abs(result).sum())


class Torch:
    def __init__(self, threads):
        import torch

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self.torch = torch

    def tensors(self, *arrays):
        return [self.torch.from_numpy(array) for array in arrays]

    def gemm(self, m, k, n):
        a, b = self.tensors(pseudo_random((m, k), 1), pseudo_random((k, n), 2))
        return lambda: a @ b

    def gram(self, n, m):
        (a,) = self.tensors(pseudo_random((n, m), 1))
        return lambda: a @ a.T

    def accumulate(self, m, k, n):
        target, a, b = self.tensors(pseudo_random((m, n), 1), pseudo_random((k, m), 2), pseudo_random((k, n), 3))
        return lambda: target.addmm_(a.T, b, alpha=1e-3)[:1]

    def cholesky(self, batch, n):
        a, b = self.tensors(positive(batch, n), pseudo_random((batch, n, 1), 2))
        return lambda: self.torch.cholesky_solve(b, self.torch.linalg.cholesky_ex(a)[0])

    def eigh(self, n):
        (a,) = self.tensors(positive(1, n))
        return lambda: self.torch.linalg.eigh(a)[0]

    def svd(self, m, n):
        (a,) = self.tensors(pseudo_random((m, n), 1))
        return lambda: self.torch.linalg.svd(a, full_matrices=False)[1]

    def qr(self, m, n):
        (a,) = self.tensors(pseudo_random((m, n), 1))
        return lambda: self.torch.linalg.qr(a)[1].abs()

    def leastSquares(self, m, n):
        a, b = self.tensors(pseudo_random((m, n), 1), pseudo_random((m, 1), 2))
        return lambda: self.torch.linalg.lstsq(a, b, driver="gelsd")[0]

    def relu(self, n, m):
        x, row = self.tensors(pseudo_random((n, m), 1), pseudo_random((1, m), 2))

        def run():
            u = x * 1.5 + row
            return self.torch.relu(u) * (u > 0)

        return run

    def tanh(self, n, m):
        (x,) = self.tensors(pseudo_random((n, m), 1))
        return lambda: 1 - self.torch.tanh(x) ** 2

    def sumRows(self, n, m):
        (x,) = self.tensors(pseudo_random((n, m), 1))
        return lambda: x.sum(0) + x.sum(1)

    def transpose(self, n, m):
        (x,) = self.tensors(pseudo_random((n, m), 1))
        return lambda: x.T.contiguous()

    def batchedTrials(self, batch, n, m):
        x, y = self.tensors(pseudo_random((batch, n, m), 1), pseudo_random((batch, n, 1), 2))
        ridge = self.torch.eye(n, dtype=self.torch.float64)
        return lambda: self.torch.cholesky_solve(y, self.torch.linalg.cholesky_ex(x @ x.mT + ridge)[0])

    def blockDiagonalStep(self, n, m):
        torch = self.torch
        weights, gains, inputs, targets = step_data(n, m)
        weights = self.tensors(*weights)
        inputs, targets = self.tensors(inputs, targets)

        def run():
            h, u = [inputs], []
            for weight, gain in zip(weights, gains):
                u.append(gain * (h[-1] @ weight.T))
                h.append(torch.relu(u[-1]))
            delta = [torch.ones((n, 1), dtype=torch.float64)]
            for weight, gain, pre in zip(weights[:0:-1], gains[:0:-1], u[-2::-1]):
                delta.insert(0, gain * (pre > 0) * (delta[0] @ weight))
            residual = u[-1] - targets
            for l, (weight, gain) in enumerate(zip(weights, gains)):
                theta = (delta[l] @ delta[l].T) * (gain**2 / n * (h[l] @ h[l].T))
                theta.diagonal().add_(1e-6)
                v = torch.cholesky_solve(residual / n, torch.linalg.cholesky(theta))
                weight.addmm_((delta[l] * v).T, h[l], alpha=-gain / 3)
            return residual

        return run

    @staticmethod
    def checksum(result):
        return float(result.abs().sum())


def serve(peer, version, clock):
    """Answers requests until standard input ends. `clock` is wall or cpu."""
    now = time.perf_counter if clock == "wall" else time.process_time
    print(json.dumps({"version": version}), flush=True)
    run = result = None
    for line in sys.stdin:
        request = json.loads(line)
        if "prepare" in request:
            run = result = None
            run = getattr(peer, request["prepare"])(*request["sizes"])
            print(json.dumps({"ok": True}), flush=True)
            continue
        if "memory" in request:
            run = result = None
            print(json.dumps({"peakMiB": peak_mib(getattr(peer, request["memory"])(*request["sizes"]))}), flush=True)
            continue
        start = now()
        for _ in range(request["run"]):
            result = None
            result = run()
        seconds = (now() - start) / request["run"]
        print(json.dumps({"seconds": seconds, "checksum": peer.checksum(result)}), flush=True)


def peak_mib(run):
    """MiB that `run` adds to this process's memory at its peak, which Linux alone tells."""
    if sys.platform != "linux":
        return None
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # freed memory goes back to the system
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak so far is forgotten
    before = status_mib("VmRSS")
    run()
    return status_mib("VmHWM") - before


def status_mib(field):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field + ":")) / 2**10


if __name__ == "__main__":
    library, threads, clock = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    peer = NumPy() if library == "numpy" else Torch(threads)
    serve(peer, np.__version__ if library == "numpy" else peer.torch.__version__, clock)
