import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { HttpProblem } from './problem';

const CONNECTION_LOST =
  /ECONNREFUSED|ECONNRESET|ETIMEDOUT|timeout exceeded when trying to connect|Connection terminated|terminating connection|the database system is|Can't reach database server|P1001|P1017|P2024|P2028|server closed the connection/i;

/** The one place where an error becomes an answer. Bugs are logged whole and told in one neutral line. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    sendProblem(host.switchToHttp().getResponse<Response>(), this.toProblem(error));
  }

  private toProblem(error: unknown): HttpProblem {
    if (error instanceof HttpProblem) return error;
    if (error instanceof HttpException) return fromNest(error);
    if (CONNECTION_LOST.test(describe(error))) {
      return new HttpProblem(503, 'database-away', 'the database does not answer at the moment', {
        headers: { 'retry-after': '2' },
      });
    }
    this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return new HttpProblem(
      500,
      'bug',
      'something unexpected happened; the log of the control plane has the details',
    );
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  return `${String(code ?? '')} ${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`;
}

function fromNest(error: HttpException): HttpProblem {
  const status = error.getStatus();
  return new HttpProblem(status, status === 404 ? 'not-found' : 'refused', error.message);
}

export function sendProblem(response: Response, problem: HttpProblem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(problem.options.headers ?? {})) response.setHeader(name, value);
  // An answer before the end of the upload: what is left of it would be read as the next request.
  if (!response.req.complete) response.setHeader('connection', 'close');
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem.document()));
}
