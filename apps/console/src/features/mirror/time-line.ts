/** One value of a line over time; null where nothing was told. */
export interface Sample {
  readonly atMs: number;
  readonly value: number | null;
}

export interface LineShape {
  /** Path of the line and of the area under it; empty without two values side by side. */
  readonly line: string;
  readonly area: string;
  /** Stretches without a value, as shares of the width. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** Top of the scale. */
  readonly top: number;
}

export interface LineFigures {
  readonly now: number | null;
  readonly average: number | null;
  readonly peak: Sample | null;
}

const STEPS = [1, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The next round number at or above a value, so that a scale ends on something that can be read. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return STEPS.find((step) => step * power >= value * 0.999)! * power;
}

/** Sum of what a line says between two moments. */
export function lineFigures(samples: readonly Sample[]): LineFigures {
  const told = samples.filter((sample): sample is Sample & { value: number } => sample.value !== null);
  const peak = told.reduce<(Sample & { value: number }) | null>((best, sample) => (best === null || sample.value > best.value ? sample : best), null);
  return { now: samples.at(-1)?.value ?? null, average: told.length === 0 ? null : told.reduce((sum, { value }) => sum + value, 0) / told.length, peak };
}

/**
 * A line in a box of `width` × `height`. Samples further apart than `gapMs`, and those without a value, leave a gap: it is
 * never drawn as zero. Several lines on one scale are given its `top`.
 */
export function lineShape(samples: readonly Sample[], fromMs: number, toMs: number, { width, height, gapMs, top: given }: { width: number; height: number; gapMs: number; top?: number }): LineShape {
  const span = Math.max(1, toMs - fromMs);
  const shareOf = (atMs: number) => Math.min(1, Math.max(0, (atMs - fromMs) / span));
  const inside = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const top = given ?? roundUp(Math.max(0, ...inside.map(({ value }) => value ?? 0)));
  const point = ({ atMs, value }: { atMs: number; value: number }) => `${Math.round(shareOf(atMs) * width * 10) / 10} ${Math.round((1 - value / top) * height * 10) / 10}`;
  const runs: { atMs: number; value: number }[][] = [];
  const gaps: { from: number; to: number }[] = [];
  let run: { atMs: number; value: number }[] = [];
  let lastMs: number | null = null;
  for (const { atMs, value } of inside) {
    if (value === null || (lastMs !== null && atMs - lastMs > gapMs)) {
      if (run.length > 0) runs.push(run);
      run = [];
    }
    if (value === null) continue;
    if (run.length === 0 && lastMs !== null) gaps.push({ from: shareOf(lastMs), to: shareOf(atMs) });
    run.push({ atMs, value });
    lastMs = atMs;
  }
  if (run.length > 0) runs.push(run);
  const drawn = runs.filter(({ length }) => length > 1);
  const xOf = (atMs: number) => Math.round(shareOf(atMs) * width * 10) / 10;
  return {
    line: drawn.map((points) => `M${points.map(point).join(' L')}`).join(' '),
    area: drawn.map((points) => `M${xOf(points[0]!.atMs)} ${height} L${points.map(point).join(' L')} L${xOf(points.at(-1)!.atMs)} ${height} Z`).join(' '),
    gaps,
    top,
  };
}
