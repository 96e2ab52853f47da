/** Operations that no client of ours sends, for both edges. `root` is a field of the root type with its selection. */
export const aliases = (count: number, root: string) => Array.from({ length: count }, (_, i) => `a${i}: ${root}`).join(' ');

/** `field { field { … } }`: the schema is finite, so the depth is what is refused, or the field that does not exist. */
export const nested = (levels: number, root: string) => `${root} { `.repeat(levels) + 'id' + ' }'.repeat(levels);

/** 2^levels fields when written out. */
export function fragmentBomb(kind: 'query' | 'subscription', type: string, root: string, levels: number): string {
  const fragments = Array.from({ length: levels }, (_, i) => `fragment f${i} on ${type} { x${i}: ${root} ...f${i + 1} ...f${i + 1} }`).join(' ');
  return `${kind} { ...f0 } ${fragments} fragment f${levels} on ${type} { ${root} }`;
}
