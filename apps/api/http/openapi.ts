import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { httpSchemas } from '@asterism/contracts';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from '../app.module';
import { version } from '../config/version';
import { readEnvironment } from '../config/environment';

/** The OpenAPI 3.1 document: routes from their decorators, schemas from libs/contracts. */
export function openApi(application: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Asterism')
    .setDescription('Open neural architecture search: from your device budget to a model you can load.')
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'token')
    .addSecurityRequirements('token')
    .build();
  const document = SwaggerModule.createDocument(application, config, { operationIdFactory: operationId });
  const schemas = JSON.parse(
    JSON.stringify(httpSchemas()).replaceAll('#/$defs/', '#/components/schemas/'),
  ) as NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
  return { ...document, components: { ...document.components, schemas } };
}

function operationId(controller: string, method: string): string {
  return `${controller.replace(/Controller$/, '').replace(/^./, (letter) => letter.toLowerCase())}.${method}`;
}

/** The document as it is committed. Routes are known before anything is connected, so no database is needed. */
export async function openApiText(): Promise<string> {
  const nowhere = {
    DATABASE_URL: 'postgresql://localhost:1/none',
    REDIS_URL: 'redis://localhost:1',
    ROLE: 'api',
  };
  const application = await NestFactory.create(AppModule.of(readEnvironment(nowhere)), {
    logger: false,
    bodyParser: false,
  });
  return `${JSON.stringify(openApi(application), null, 2)}\n`;
}
