import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module';
import type { Environment } from './config/environment';
import { jsonBody } from './http/body';
import { checkOrigin } from './http/origin';
import { dashboardFiles, dashboardPages } from './http/static';

/** The application of a role, not yet listening. */
export async function createApplication(environment: Environment, quiet = false): Promise<INestApplication> {
  const application = await NestFactory.create<NestExpressApplication>(AppModule.of(environment), {
    bodyParser: false,
    logger: quiet ? ['error', 'fatal'] : ['warn', 'error', 'fatal'],
  });
  application.disable('x-powered-by');
  application.disable('etag');
  application.use(checkOrigin(environment));
  application.use(jsonBody);
  application.use(dashboardFiles);
  application.use(dashboardPages);
  application.enableShutdownHooks();
  return application;
}
