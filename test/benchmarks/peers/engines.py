"""The tasks of ../engine-tasks.ts and ../wide-steps.ts in PyTorch, float64, on the CPU or on a GPU (see linalg.py for the
requests).

Usage: engines.py torch THREADS wall|cpu   (with NATSWEEP_TORCH_DEVICE=cuda on the GPU, where every run ends with a wait for it)
"""

import os
import sys

import torch
import wide
from linalg import pseudo_random, serve

DEVICE = os.environ.get("NATSWEEP_TORCH_DEVICE", "cpu")


def tensor(shape, offset):
    return torch.from_numpy(pseudo_random(shape, offset)).to(DEVICE)


def positive(n):
    a = tensor((n, n), 1)
    return a @ a.T + torch.eye(n, dtype=torch.float64)


wide.tensor = tensor  # its networks are put on the device too


class Engines(wide.Wide):
    def __getattribute__(self, name):
        task = super().__getattribute__(name)
        if DEVICE == "cpu" or name == "checksum":
            return task

        def prepare(*sizes):
            run = task(*sizes)

            def run_and_wait():
                result = run()
                torch.cuda.synchronize()
                return result

            return run_and_wait

        return prepare

    def add(self, n):
        a = tensor((n, n), 1)
        return self.once(lambda: a + a)

    def multiplyNumber(self, n):
        a = tensor((n, n), 1)
        return self.once(lambda: a * 1.5)

    def matmul(self, n):
        a = tensor((n, n), 1)
        return self.once(lambda: a @ a)

    def cholesky(self, n):
        a = positive(n)
        return self.once(lambda: torch.linalg.cholesky_ex(a)[0])

    def choleskySolve(self, n):
        factor, b = torch.linalg.cholesky(positive(n)), tensor((n, 1), 2)
        return self.once(lambda: torch.cholesky_solve(b, factor))

    def sum(self, n):
        a = tensor((n, n), 1)
        return self.once(lambda: a.sum())

    def eigh(self, n):
        a = positive(n)
        return self.once(lambda: torch.linalg.eigh(a)[0])

    def batchedTrials(self, batch, n, m):
        x, y = tensor((batch, n, m), 1), tensor((batch, n, 1), 2)
        ridge = torch.eye(n, dtype=torch.float64)
        return self.once(lambda: torch.cholesky_solve(y, torch.linalg.cholesky_ex(x @ x.mT + ridge)[0]))

    @staticmethod
    def once(compute):
        def run():
            result = compute()
            return lambda: float(result.abs().sum())

        return run


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[2]))
    torch.set_grad_enabled(False)
    torch.set_default_device(DEVICE)
    torch.zeros(1)  # fails here where there is no such device
    serve(Engines(), torch.__version__, sys.argv[3])
