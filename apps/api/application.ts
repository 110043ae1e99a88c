import 'reflect-metadata';
import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module';
import type { Environment } from './config/environment';
import { jsonBody } from './http/body';
import { checkOrigin } from './http/origin';
import { dashboardFiles, dashboardPages } from './http/static';

const KEEP_ALIVE_MS = 75_000;

/** The application of a role, not yet listening. */
export async function createApplication(environment: Environment, quiet = false): Promise<INestApplication> {
  const application = await NestFactory.create<NestExpressApplication>(AppModule.of(environment), {
    bodyParser: false,
    // Journal streams never end by themselves; whoever is cut off asks again, and nothing is accepted twice.
    forceCloseConnections: true,
    logger: quiet ? ['error', 'fatal'] : ['warn', 'error', 'fatal'],
  });
  application.disable('x-powered-by');
  application.disable('etag');
  application.use(checkOrigin(environment));
  application.use(jsonBody);
  application.use(dashboardFiles);
  application.use(dashboardPages);
  // Longer than clients keep idle connections: else a request now and then meets a closing one and is lost.
  (application.getHttpServer() as Server).keepAliveTimeout = KEEP_ALIVE_MS;
  application.enableShutdownHooks();
  return application;
}
