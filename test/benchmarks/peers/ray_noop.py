"""No-op trials by Ray Tune, as its documentation has it: a function that returns its result, one processor per trial.

usage: ray_noop.py FOLDER WORKERS TRIALS; prints the trials per second from the first result on.
"""

import os
import sys
import time

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ["RAY_AIR_NEW_OUTPUT"] = "0"

import ray
from ray import tune

if __name__ == "__main__":
    folder, workers, trials = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, configure_logging=False)
    ends = []

    class Clock(tune.Callback):
        def on_trial_complete(self, iteration, trials, trial, **info):
            ends.append(time.time())

    tuner = tune.Tuner(
        lambda config: {"value": config["x"]},
        param_space={"x": tune.uniform(0, 1)},
        tune_config=tune.TuneConfig(num_samples=trials),
        run_config=tune.RunConfig(storage_path=folder, verbose=0, callbacks=[Clock()]),
    )
    tuner.fit()
    print((len(ends) - 1) / (ends[-1] - ends[0]))
