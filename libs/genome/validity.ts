import { operators } from './operators';
import type { AnyEntry } from './operators/operator';
import type { Problem } from './result';
import { MAX_TOTAL_LIVS, type Genome } from './schema';
import { sharingProblems } from './sharing';

/** What is wrong between knobs and between LIVs; every value is inside its bounds here. */
export function validityProblems(genome: Genome): readonly Problem[] {
  return [
    ...totalProblem(genome),
    ...knobProblems(genome),
    ...parallelProblems(genome),
    ...sharingProblems(genome.backbone),
  ];
}

function totalProblem({ size, backbone }: Genome): readonly Problem[] {
  const total = size.repeats * backbone.length;
  if (total <= MAX_TOTAL_LIVS) return [];
  return [
    {
      pointer: '/size/repeats',
      code: 'too-big',
      message: `makes ${total} LIVs, at most ${MAX_TOTAL_LIVS} are allowed`,
    },
  ];
}

function knobProblems({ backbone }: Genome): readonly Problem[] {
  return backbone.flatMap((entry, index) =>
    operators[entry.kind]
      .check(entry as unknown as AnyEntry)
      .map(({ knob, code, message }) => ({ pointer: `/backbone/${index}/${knob}`, code, message })),
  );
}

/** `parallel` reads the normed input of the token mixer right before it, as in Phi. */
function parallelProblems({ backbone, norm }: Genome): readonly Problem[] {
  return backbone.flatMap((entry, index) => {
    if (!('parallel' in entry) || !entry.parallel) return [];
    const pointer = `/backbone/${index}/parallel`;
    const before = backbone[index - 1];
    if (!before || operators[before.kind].role !== 'mixer')
      return [{ pointer, code: 'parallel', message: 'needs a token mixer right before it to run beside' }];
    if (norm.placement === 'sandwich')
      return [{ pointer, code: 'parallel', message: 'cannot be combined with sandwich norms' }];
    return [];
  });
}
