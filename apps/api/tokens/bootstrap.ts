import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ENVIRONMENT, type Environment } from '../config/environment';
import { newSecret } from './secret';
import { TokensService } from './tokens.service';

/** The first start writes tokens/admin and tokens/worker (mode 600) into the state folder and makes them known. */
@Injectable()
export class TokenBootstrap implements OnModuleInit {
  constructor(
    private readonly tokens: TokensService,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  async onModuleInit(): Promise<void> {
    const folder = join(this.environment.state, 'tokens');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const scope of ['admin', 'worker'] as const) {
      await this.tokens.adopt(readOrWrite(join(folder, scope), scope), { name: `first ${scope}`, scope });
    }
  }
}

/** `wx`: of two processes that start together one writes, the other reads. */
function readOrWrite(path: string, scope: string): string {
  try {
    writeFileSync(path, `${newSecret(scope)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}
