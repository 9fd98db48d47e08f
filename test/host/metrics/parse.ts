import assert from 'node:assert/strict';

/** One sample of the text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
const SUFFIX = /_(bucket|sum|count)$/;

/**
 * Reads the text format as strictly as Prometheus does: every sample belongs to the metric whose HELP and
 * TYPE stand before it, none is given twice, histograms are cumulative.
 */
export function parseMetrics(text: string): Sample[] {
  assert.ok(text.endsWith('\n'));
  const samples: Sample[] = [];
  const seen = new Set<string>();
  const types = new Map<string, string>();
  let metric = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      assert.ok(!types.has(name), `${name} stands twice`);
      metric = name;
    } else if (kind === 'TYPE') {
      assert.equal(name, metric);
      assert.match(rest, /^(counter|gauge|histogram)$/);
      assert.equal(rest === 'counter', name.endsWith('_total'), `${name} is a ${rest}`);
      types.set(name, rest);
    } else {
      const sample = parseSample(line);
      const isHistogram = types.get(metric) === 'histogram';
      assert.equal(isHistogram ? sample.name.replace(SUFFIX, '') : sample.name, metric, line);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      assert.ok(!seen.has(key), `given twice: ${line}`);
      seen.add(key);
      samples.push(sample);
    }
  }
  for (const [name, type] of types) if (type === 'histogram') checkHistogram(name, samples);
  return samples;
}

function parseSample(line: string): Sample {
  const [whole, name = '', labelText = '', valueText] = LINE.exec(line) ?? [];
  assert.ok(whole !== undefined, `not a sample: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < labelText.length) {
    const match = LABEL.exec(labelText);
    assert.ok(match !== null, `bad labels: ${line}`);
    const [, label = '', escaped = ''] = match;
    labels[label] = escaped.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
  }
  const value = Number(valueText);
  assert.ok(Number.isFinite(value), line);
  return { name, labels, value };
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  let below = 0;
  let edge = 0;
  for (const sample of samples) {
    if (sample.name === `${name}_bucket`) {
      const le = Number(sample.labels.le === '+Inf' ? Infinity : sample.labels.le);
      assert.ok(le > edge && sample.value >= below, `${name} is not cumulative`);
      [edge, below] = [le, sample.value];
    } else if (sample.name === `${name}_count`) {
      assert.equal(edge, Infinity, `${name} ends at ${edge}`);
      assert.equal(sample.value, below);
      [edge, below] = [0, 0];
    }
  }
}

/** The value of the one sample of this name with these labels, among others. */
export function sampleOf(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
): number {
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
  );
  assert.equal(found.length, 1, `${found.length} samples of ${name} ${JSON.stringify(labels)}`);
  return (found[0] as Sample).value;
}
