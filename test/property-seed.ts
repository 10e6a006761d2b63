/**
 * Draws the random cases of property tests from one seed, so that a run of the tests means the same twice.
 * `NATSWEEP_TEST_SEED=N npm test` draws others; a file run by itself with `node --test` draws new ones each time.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.NATSWEEP_TEST_SEED ?? 1) });
