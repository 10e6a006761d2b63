"""The tasks of ../wide-steps.ts in PyTorch, float64, timed on request (see linalg.py for the requests).

The rules in kernel space, as one would write them in PyTorch. They return one update per layer: signals [N, M_l], where the
weights move by gain signalsᵀ h, or dense (weights, biases).

Usage: wide.py torch THREADS wall|cpu
"""

import math
import sys

import torch
from linalg import pseudo_random, serve

DEPTH, INPUTS = 3, 784
BIAS_GAIN = math.sqrt(0.1)
DAMPING, OUTPUT_DAMPING = 1e-6, 1e-3
TRIDIAGONAL_DAMPING = 10  # beyond the poles, near which libraries differ by their rounding
LEARNING_RATE = 1e-5


def tensor(shape, offset):
    return torch.from_numpy(pseudo_random(shape, offset))


def normalised(n, norm):
    raw = tensor((n, INPUTS), 9)
    return norm * raw / raw.square().sum(1, keepdim=True).sqrt()


class Network:
    """A network on its samples; `linearise` fills in h_l [N, M_l], δ_l [NC, M_l] and the outputs."""

    def __init__(self, n, m, classes, depth):
        widths = [INPUTS] + (depth - 1) * [m] + [classes]
        shapes = list(zip(widths[1:], widths))
        self.n, self.classes, self.depth = n, classes, depth
        self.weights = [math.sqrt(12) * tensor(shape, l + 1) for l, shape in enumerate(shapes)]
        self.biases = [math.sqrt(12) * tensor((1, width), l + 11) for l, width in enumerate(widths[1:])]
        self.gains = [math.sqrt(2 / width) for width in widths[:-1]]
        self.inputs = normalised(n, math.sqrt(INPUTS))
        if classes == 1:
            self.targets = tensor((n, 1), 10).sign()
        else:
            self.targets = torch.nn.functional.one_hot(torch.arange(n) % classes, classes).double()

    def linearise(self):
        self.h, u = [self.inputs], []
        for weight, bias, gain in zip(self.weights, self.biases, self.gains):
            u.append(torch.addmm(bias, self.h[-1], weight.T, beta=BIAS_GAIN, alpha=gain))
            self.h.append(torch.relu(u[-1]))
        self.outputs = u[-1]
        self.delta = [torch.eye(self.classes, dtype=torch.float64).repeat(self.n, 1)]
        for weight, gain, pre in zip(self.weights[:0:-1], self.gains[:0:-1], u[-2::-1]):
            arriving = (self.delta[0] @ weight).view(self.n, self.classes, -1)
            self.delta.insert(0, (arriving * (gain * (pre > 0))[:, None]).view(self.n * self.classes, -1))

    def input_gram(self, l):
        return self.gains[l] ** 2 * (self.h[l] @ self.h[l].T) + BIAS_GAIN**2

    def kernel(self, l):
        signals, inputs = self.delta[l] @ self.delta[l].T, self.input_gram(l) / self.n
        if self.classes == 1:
            return signals.mul_(inputs)
        blocks = signals.view(self.n, self.classes, self.n, self.classes)
        return blocks.mul_(inputs[:, None, :, None]).view_as(signals)

    def pulled_back(self, l, dual):
        signals = self.delta[l] * dual
        return signals.view(self.n, self.classes, -1).sum(1) if self.classes > 1 else signals

    def move(self, l, update):
        if isinstance(update, tuple):
            self.weights[l].sub_(update[0], alpha=LEARNING_RATE)
            self.biases[l].sub_(update[1].T, alpha=LEARNING_RATE)
            return
        self.weights[l].addmm_(update.T, self.h[l], alpha=-LEARNING_RATE * self.gains[l])
        self.biases[l].sub_(update.sum(0), alpha=LEARNING_RATE * BIAS_GAIN)


def solve(matrix, rhs, damping=DAMPING):
    """(matrix + damping I)⁻¹ rhs, in the memory of `matrix`."""
    matrix.diagonal(dim1=-2, dim2=-1).add_(damping)
    return torch.cholesky_solve(rhs, torch.linalg.cholesky(matrix))


def exact(network, gradient):
    dual = solve(sum(network.kernel(l) for l in range(DEPTH)), gradient)
    return [network.pulled_back(l, dual) for l in range(DEPTH)]


def block_diagonal(network, gradient):
    return [network.pulled_back(l, solve(network.kernel(l), gradient)) for l in range(DEPTH)]


def tridiagonal_coupling(depth):
    positions = torch.arange(depth, dtype=torch.float64)
    return ((positions[:, None] - positions).abs() <= 1).double()


def block_tridiagonal(network, gradient):
    response = torch.linalg.pinv(tridiagonal_coupling(DEPTH), hermitian=True).sum(1)
    return [
        network.pulled_back(l, solve(network.kernel(l), response[l] * gradient, damping=0)) for l in range(DEPTH)
    ]


def block_tridiagonal_damped(network, gradient):
    """By LU of ((Σ ⊗ I) blockdiag(Θ_l) + ρI) v = 1_L ⊗ g, the system of all layers."""
    depth, n = network.depth, network.n
    kernels = torch.cat([network.kernel(l) for l in range(depth)], 1)
    blocks = tridiagonal_coupling(depth)[:, None, :, None] * kernels.view(1, n, depth, n)
    system = blocks.reshape(depth * n, depth * n)
    system.diagonal().add_(TRIDIAGONAL_DAMPING)
    duals = torch.linalg.solve(system, gradient.repeat(depth, 1)).view(depth, n, 1)
    return [network.pulled_back(l, duals[l]) for l in range(depth)]


def kfac(network, gradient):
    n, updates = network.n, []
    for l, delta in enumerate(network.delta):
        last = l == DEPTH - 1
        inner = solve(network.input_gram(l) / n, torch.diag(gradient[:, 0]))
        if last:
            updates.append(inner @ delta / (1 / n + DAMPING))
        else:
            updates.append(solve(delta @ delta.T / n, inner.T).T @ delta)
    return updates


def kfac_pi(network, gradient):
    n, updates = network.n, []
    for l, delta in enumerate(network.delta):
        inputs, signals = network.input_gram(l) / n, delta @ delta.T / n
        trace = 1 / n if l == DEPTH - 1 else signals.trace() / delta.shape[1]
        pi = (inputs.trace() / (network.h[l].shape[1] + 1) / trace).sqrt()
        inner = solve(inputs, torch.diag(gradient[:, 0]), math.sqrt(DAMPING) * pi)
        if l == DEPTH - 1:
            updates.append(inner @ delta / (1 / n + math.sqrt(DAMPING) / pi))
        else:
            updates.append(solve(signals, inner.T, math.sqrt(DAMPING) / pi).T @ delta)
    return updates


def kfac_exact(network, gradient):
    n, updates = network.n, []
    for l, delta in enumerate(network.delta):
        inputs = network.input_gram(l) / n
        if l == DEPTH - 1:
            updates.append(solve(inputs / n, gradient))
            continue
        s, u = torch.linalg.eigh(delta @ delta.T / n)
        t, p = torch.linalg.eigh(inputs)
        rotated = (u.T * gradient[:, 0]) @ p / (s[:, None] * t + DAMPING)
        updates.append((u @ rotated @ p.T).T @ delta)
    return updates


def unit_wise(network, gradient):
    updates = []
    for l, delta in enumerate(network.delta):
        units = delta.T
        kernels = units[:, :, None] * (network.input_gram(l) / network.n) * units[:, None, :]
        dual = solve(kernels, gradient.expand(len(units), -1, -1))
        updates.append(delta * dual[:, :, 0].T)
    return updates


def fisher_and_gradient(network, l, gradient):
    """F_jj, F_00 and F_0j of every unit, and the gradient of its weights and of its bias."""
    h, gain, squares = network.h[l], network.gains[l], network.delta[l].square().T / network.n
    weighted = (network.delta[l] * gradient).T
    fisher = (gain**2 * (squares @ h.square()), BIAS_GAIN**2 * squares.sum(1, keepdim=True))
    return *fisher, gain * (weighted @ h), BIAS_GAIN * weighted.sum(1, keepdim=True)


def diagonal(network, gradient):
    updates = []
    for l in range(DEPTH):
        weights, biases, slope, bias_slope = fisher_and_gradient(network, l, gradient)
        updates.append((slope / (weights + DAMPING), bias_slope / (biases + DAMPING)))
    return updates


def quasi_diagonal(network, gradient):
    updates = []
    for l in range(DEPTH):
        weights, biases, slope, bias_slope = fisher_and_gradient(network, l, gradient)
        squares = network.delta[l].square().T / network.n
        mixed = BIAS_GAIN * network.gains[l] * (squares @ network.h[l])
        ratio = mixed / (biases + DAMPING)
        moved = (slope - ratio * bias_slope) / (weights - ratio * mixed + DAMPING)
        updates.append((moved, bias_slope / (biases + DAMPING) - (ratio * moved).sum(1, keepdim=True)))
    return updates


def whiten(network):
    """Λ̃^{1/2} on the signals; returns Λ̃^{−1/2}(σ − y) [N, C]."""
    n, classes = network.n, network.classes
    probabilities = torch.softmax(network.outputs, 1)
    metric = torch.diag_embed(probabilities) - probabilities[:, :, None] * probabilities[:, None, :]
    metric.diagonal(dim1=1, dim2=2).add_(OUTPUT_DAMPING)
    values, vectors = torch.linalg.eigh(metric)
    roots = values.sqrt()[:, None, :]
    root, inverse_root = (vectors * roots) @ vectors.mT, (vectors / roots) @ vectors.mT
    network.delta = [(root @ delta.view(n, classes, -1)).view_as(delta) for delta in network.delta]
    return (inverse_root @ (probabilities - network.targets)[:, :, None])[:, :, 0]


class Wide:
    def step(self, n, m, rule, classes=1, depth=DEPTH):
        network = Network(n, m, classes, depth)
        parameters = network.weights + network.biases
        start = [parameter.clone() for parameter in parameters]
        probes = [tensor(parameter.shape, 21 + i) for i, parameter in enumerate(parameters)]

        def run():
            network.linearise()
            residual = network.outputs - network.targets if classes == 1 else whiten(network)
            for l, update in enumerate(rule(network, residual.reshape(-1, 1) / n)):
                network.move(l, update)
            return lambda: sum(float((p * (a - b)).sum()) for p, a, b in zip(probes, parameters, start)) / LEARNING_RATE

        return run

    def products(self, n, m):
        x, h = normalised(n, math.sqrt(INPUTS)), tensor((n, m), 2)
        first, second = tensor((m, INPUTS), 3), tensor((m, m), 4)

        def results():
            return [x @ first.T, h @ second.T, h @ second, x @ x.T] + [h @ h.T for _ in range(4)]

        def run():
            results()
            first.addmm_(h.T, x, alpha=LEARNING_RATE)
            second.addmm_(h.T, h, alpha=LEARNING_RATE)
            return lambda: sum(float(result.abs().sum()) for result in results())

        return run

    def exact(self, n, m):
        return self.step(n, m, exact)

    def blockDiagonal(self, n, m):
        return self.step(n, m, block_diagonal)

    def blockTridiagonal(self, n, m):
        return self.step(n, m, block_tridiagonal)

    def blockTridiagonalDamped(self, n, m):
        return self.step(n, m, block_tridiagonal_damped, depth=12)

    def kfac(self, n, m):
        return self.step(n, m, kfac)

    def kfacPi(self, n, m):
        return self.step(n, m, kfac_pi)

    def kfacExact(self, n, m):
        return self.step(n, m, kfac_exact)

    def unitWise(self, n, m):
        return self.step(n, m, unit_wise)

    def diagonal(self, n, m):
        return self.step(n, m, diagonal)

    def quasiDiagonal(self, n, m):
        return self.step(n, m, quasi_diagonal)

    def crossEntropy(self, n, m):
        return self.step(n, m, block_diagonal, classes=10)

    def analyticKernel(self, n):
        samples = normalised(n, 1)

        def run():
            kernel = torch.empty((n, n), dtype=torch.float64)
            for start in range(0, n, 256):
                rows = samples[start : start + 256]
                cosines = (rows @ samples.T).clamp_(-1, 1)
                cosines.diagonal(start).fill_(1)
                torch.div(analytic_ntk(cosines), n, out=kernel[start : start + 256])
            return lambda: float(kernel.sum())

        return run

    @staticmethod
    def checksum(result):
        return result()


def analytic_ntk(cosines):
    """Σ_l B_l (σ_w² A_{l−1} + σ_b²) of a ReLU network, from the cosines of unit-norm samples."""
    inputs, variance = 2 / INPUTS * cosines + BIAS_GAIN**2, 2 / INPUTS + BIAS_GAIN**2
    layers = []
    for _ in range(DEPTH - 1):
        rho = (inputs / variance).clamp_(-1, 1)
        angle = math.pi - rho.acos()
        layers.append((inputs, angle / math.pi))
        inputs = variance / math.pi * ((1 - rho * rho).sqrt_() + angle * rho) + BIAS_GAIN**2
        variance += BIAS_GAIN**2
    total, signals = inputs, 1
    for layer, slope in reversed(layers):
        signals = slope * signals
        total = total + layer * signals
    return total


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[2]))
    torch.set_grad_enabled(False)
    serve(Wide(), torch.__version__, sys.argv[3])
