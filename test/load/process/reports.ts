import { createInterface } from 'node:readline';

/**
 * A line "report" on standard input is answered with one of JSON: what happened since the last one. Where standard
 * input ends this process does.
 */
export function answerReports(report: () => object): void {
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      if (line === 'report') console.log(JSON.stringify(report()));
    })
    .on('close', () => process.exit());
}
