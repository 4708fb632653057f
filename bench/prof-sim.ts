import { watchedSpeed } from './sim.bench.ts';
for (let i = 1; i <= 3; i++) console.log(watchedSpeed(i));
