import { configureGlobal } from 'fast-check';

/**
 * Property tests draw from one seed, so that a run of the tests is a value too: the same code gives the same verdict.
 * SEED=12345 draws other cases; a failure prints its seed, and that seed alone brings it back.
 */
configureGlobal({ seed: Number(process.env['SEED'] ?? 20_261_121) });
