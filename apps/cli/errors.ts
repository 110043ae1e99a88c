/** What a person did that cannot work, and what to do instead. Printed as one line; everything else is a bug. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly remedy: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }

  /** One line whatever the parts contain, so that scripts can read it. */
  line(): string {
    return `error: ${this.message}; ${this.remedy}`.replace(/\s*\n\s*/g, ' ');
  }
}
