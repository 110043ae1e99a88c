import { widthForParameters } from '@asterism/estimate';
import {
  normalForm,
  refuse,
  repair,
  scale,
  succeed,
  type Genome,
  type Result,
  type Space,
} from '@asterism/genome';
import type { Derived, ResolvedSearch } from './resolved';

export type Sizes = Pick<ResolvedSearch, 'space' | 'tier' | 'deployment'>;

/** A motif of the space at its three sizes. */
export function deriveMotif(sizes: Sizes, motif: Genome): Result<Derived> {
  const deployed = deploy(sizes, motif, sizes.space.context);
  return deployed.ok ? succeed(derived(sizes, motif, deployed.value)) : deployed;
}

/**
 * A genome of any size, written for `context` tokens, at its three sizes. For one that may breed the motif is moved to
 * the nearest genome of the space; deployment and trial stay true to what was given.
 */
export function deriveGiven(sizes: Sizes, given: Genome, context: number, breeds: boolean): Result<Derived> {
  const deployed = deploy(sizes, given, context);
  if (!deployed.ok) return deployed;
  const { width, vocab, tiedEmbeddings } = sizes.space.size;
  const to = {
    width,
    vocab,
    tiedEmbeddings,
    repeats: 1,
    context: { from: context, to: sizes.space.context },
  };
  const scaled = scale(given, to);
  const motif: Result<Genome> = breeds ? repair(scaled, sizes.space as Space) : succeed(scaled);
  return motif.ok ? succeed(derived(sizes, motif.value, deployed.value)) : refuse(motif.problems);
}

/** The deployment size overrides the genome's own; total parameters are met by the width. */
function deploy({ deployment }: Sizes, genome: Genome, context: number): Result<Genome> {
  const { parameters, width, repeats, vocab, tiedEmbeddings } = deployment;
  const size = { repeats, vocab, tiedEmbeddings, context: { from: context, to: deployment.context } };
  if (parameters !== undefined) return widthForParameters(genome, parameters, size);
  return succeed(scale(genome, { ...size, ...(width !== undefined && { width }) }));
}

/** The trial genome always comes from the deployment genome, so that no window escapes its context ratio. */
function derived({ tier, deployment }: Sizes, motif: Genome, genome: Genome): Derived {
  const { width, vocab, repeats, tiedEmbeddings } = tier;
  const context = { from: deployment.context, to: tier.context };
  const trialGenome = scale(genome, { width, vocab, repeats, tiedEmbeddings, context });
  return { motif: normalForm(motif), genome: normalForm(genome), trialGenome: normalForm(trialGenome) };
}
