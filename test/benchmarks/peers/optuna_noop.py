"""No-op trials by Optuna, as its documentation has it: worker processes that share a study in a SQLite file.

usage: optuna_noop.py FOLDER WORKERS SECONDS; prints the trials per second of all workers together.
"""

import multiprocessing
import sys
import time

import optuna


def work(storage: str, until: float) -> None:
    study = optuna.load_study(study_name="noop", storage=storage, sampler=optuna.samplers.RandomSampler())
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), timeout=until - time.time())


if __name__ == "__main__":
    folder, workers, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = f"sqlite:///{folder}/optuna.db"
    study = optuna.create_study(study_name="noop", storage=storage)
    start = time.time()
    processes = [multiprocessing.Process(target=work, args=(storage, start + seconds)) for _ in range(workers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    elapsed = time.time() - start
    done = len(study.get_trials(deepcopy=False, states=[optuna.trial.TrialState.COMPLETE]))
    print(done / elapsed)
