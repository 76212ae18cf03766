import fc from 'fast-check';

// Suites try the same examples each time: a change is to blame for what fails. `AQT_SEED` chooses others.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.AQT_SEED ?? 20_261_129) });
