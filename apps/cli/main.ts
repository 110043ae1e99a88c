import { Command, CommanderError } from 'commander';
import { bundleCommand, replayCommand } from './commands/bundle';
import { contextCommand } from './commands/context';
import { datasetCommand } from './commands/dataset';
import { compareCommand } from './commands/compare';
import { frontCommand, logsCommand } from './commands/front';
import { doctorCommand, workerCommand } from './commands/local';
import { evaluateCommand, profileCommand } from './commands/measure';
import { exportConfigCommand, importCommand } from './commands/import-config';
import { codeCommands, estimateCommand, validateCommand } from './commands/offline';
import { initCommand, listCommand, moveCommands, submitCommand } from './commands/searches';
import { showCommand } from './commands/show';
import { pullCommand } from './commands/take-home';
import { tasksCommand } from './commands/tasks';
import { confirmCommand, watchCommand } from './commands/watch';
import { CliError } from './errors';
import { terminal, type Io } from './io';
import { handedOn } from './python';

const COMMANDS: readonly ((program: Command, io: () => Io) => void)[] = [
  initCommand,
  submitCommand,
  watchCommand,
  listCommand,
  frontCommand,
  showCommand,
  tasksCommand,
  logsCommand,
  moveCommands,
  evaluateCommand,
  profileCommand,
  confirmCommand,
  compareCommand,
  contextCommand,
  pullCommand,
  datasetCommand,
  handedOn,
  replayCommand,
  bundleCommand,
  workerCommand,
  estimateCommand,
  validateCommand,
  codeCommands,
  importCommand,
  exportConfigCommand,
  doctorCommand,
];

/** `--json` may stand before or after the command: people type it last. */
function withGlobalOptions(command: Command): void {
  command.option('--json', 'machine-readable output');
  command.commands.forEach(withGlobalOptions);
}

function build(): Command {
  const program = new Command('asterism').description('open neural architecture search over LIV operators');
  let json = false;
  COMMANDS.forEach((add) => add(program, () => terminal(json)));
  withGlobalOptions(program);
  program.hook('preAction', (_, action) => {
    json = action.optsWithGlobals<{ json?: boolean }>().json === true;
  });
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ outputError: () => undefined });
    command.commands.forEach(quiet);
  };
  quiet(program);
  return program;
}

/** Runs one command line; the exit code is the answer, every refusal one line on stderr. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await build().parseAsync(argv as string[]);
    return Number(process.exitCode ?? 0);
  } catch (cause) {
    if (cause instanceof CommanderError) {
      if (cause.exitCode === 0) return 0;
      const message = cause.message.replace(/^error: /, '');
      if (message !== '(outputHelp)') process.stderr.write(`error: ${message}; see \`asterism --help\`\n`);
      return 2;
    }
    if (cause instanceof CliError) {
      process.stderr.write(`${cause.line()}\n`);
      return cause.exitCode;
    }
    throw cause;
  }
}
