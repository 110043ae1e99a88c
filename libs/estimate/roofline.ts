import type { Estimate } from './estimate';
import type { WeightBytes } from './weights';

/** What a device reached in its own calibration. */
export interface DeviceSpeed {
  readonly bytesPerSecond: number;
  readonly flopsPerSecond: number;
}

/** Lower bounds in milliseconds; no kernel can be faster than its traffic or its arithmetic. */
export interface Roofline {
  /** One token at the estimate's context: active weights and the whole cache are read once. */
  readonly decodeMs: number;
  /** A prompt as long as the estimate's context: weights are read once. */
  readonly prefillMs: number;
}

/** Roofline bound of an estimate made at `context`, with weights stored in a precision. */
export function rooflineMs(
  estimate: Estimate,
  context: number,
  device: DeviceSpeed,
  precision: keyof WeightBytes = 'fp32',
): Roofline {
  const weights = estimate.weightBytes[precision];
  const active = weights * (estimate.paramsActive / estimate.params);
  const ms = (bytes: number, flops: number): number =>
    1000 * Math.max(bytes / device.bytesPerSecond, flops / device.flopsPerSecond);
  return {
    decodeMs: ms(active + estimate.cacheBytes, estimate.flopsPerToken.decode),
    prefillMs: ms(weights + estimate.cacheBytes, context * estimate.flopsPerToken.prefill),
  };
}
