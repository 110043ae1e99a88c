import { canonicalJson } from './canonical';
import { operators } from './operators';
import type { AnyEntry } from './operators/operator';
import type { Problem } from './result';
import type { Entry, Genome } from './schema';
import { shareOf } from './sharing';
import { depthOf, type Space, type Template, templatesOf } from './space';

const cache = new WeakMap<Space, ReadonlyMap<string, Template>>();

/** The template an entry equals, whatever it shares. */
export function templateOf(space: Space, entry: Entry): Template | undefined {
  const known =
    cache.get(space) ?? new Map(templatesOf(space).map((template) => [knobText(template.entry), template]));
  cache.set(space, known);
  return known.get(knobText(entry));
}

function knobText(entry: Entry): string {
  const { share: _share, ...knobs } = operators[entry.kind].normalise(entry as unknown as AnyEntry);
  return canonicalJson(knobs);
}

/** Why a valid genome, at the space's own size, is not one of the space; empty when it is. */
export function spaceProblems(space: Space, genome: Genome): readonly Problem[] {
  return [
    ...genome.backbone.flatMap((entry, index) => entryProblems(space, entry, index)),
    ...orderProblems(space, genome.backbone),
  ];
}

function entryProblems(space: Space, entry: Entry, index: number): readonly Problem[] {
  const pointer = `/backbone/${index}`;
  const share = shareOf(entry);
  const sharing = (['weights', 'values'] as const).filter((by) => share[by] && !space.sharing[by]);
  return [
    ...(templateOf(space, entry)
      ? []
      : [
          {
            pointer,
            code: 'not-in-space',
            message: `these knobs of ${entry.kind} are no choice of space ${space.name}`,
          },
        ]),
    ...sharing.map((by) => ({
      pointer: `${pointer}/share/${by}`,
      code: 'not-in-space',
      message: `space ${space.name} does not allow sharing ${by}`,
    })),
  ];
}

function orderProblems(space: Space, backbone: readonly Entry[]): readonly Problem[] {
  const roles = backbone.map((entry) => operators[entry.kind].role);
  const mixers = roles.filter((role) => role === 'mixer').length;
  const depth = depthOf(space);
  const alternates =
    roles.every((role, index) => role === (index % 2 === 0 ? 'mixer' : 'channel')) && roles.length % 2 === 0;
  const problem = (code: string, message: string) => [{ pointer: '/backbone', code, message }];
  return [
    ...(mixers < space.mixers.min
      ? problem('too-small', `has ${mixers} token mixers, at least ${space.mixers.min} are wanted`)
      : []),
    ...(mixers > space.mixers.max
      ? problem('too-big', `has ${mixers} token mixers, at most ${space.mixers.max} are allowed`)
      : []),
    ...(space.channels === 'after-each-mixer' && !alternates
      ? problem('order', 'every token mixer must be followed by exactly one channel mixer')
      : []),
    ...(space.channels === 'free' && backbone.length < depth.min
      ? problem('too-small', `has ${backbone.length} LIVs, at least ${depth.min} are wanted`)
      : []),
    ...(space.channels === 'free' && backbone.length > depth.max
      ? problem('too-big', `has ${backbone.length} LIVs, at most ${depth.max} are allowed`)
      : []),
  ];
}
