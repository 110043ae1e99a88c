/** Objective values as float64 bits, 16 hexadecimal digits each: exact in every language and in the hash. */
export type Bits = Readonly<Record<string, string>>;

const view = new DataView(new ArrayBuffer(8));

/** The float64 bits of a finite number as 16 hexadecimal digits, big-endian; −0 becomes 0. */
export function toBits(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`values are finite numbers, got ${value}`);
  view.setFloat64(0, value + 0);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

export function fromBits(bits: string): number {
  if (!/^[0-9a-f]{16}$/.test(bits)) throw new RangeError(`not the bits of a number: ${bits}`);
  view.setBigUint64(0, BigInt(`0x${bits}`));
  const value = view.getFloat64(0);
  if (!Number.isFinite(value)) throw new RangeError(`values are finite numbers, got ${value}`);
  return value;
}

export function bitsOf(values: Readonly<Record<string, number>>): Bits {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toBits(value)]));
}

/** Float values of recorded bits. */
export function valuesOf(bits: Bits): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(bits).map(([name, value]) => [name, fromBits(value)]));
}
