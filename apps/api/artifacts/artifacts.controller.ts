import { pipeline } from 'node:stream/promises';
import { Controller, Param, Req, Res } from '@nestjs/common';
import type { ArtifactStored } from '@asterism/contracts';
import type { Response } from 'express';
import type { ApiRequest } from '../http/request';
import { Route } from '../http/route';
import { ArtifactsService } from './artifacts.service';

@Controller('v1/artifacts')
export class ArtifactsController {
  constructor(private readonly artifacts: ArtifactsService) {}

  @Route('PUT', ':sha256', {
    scope: 'any',
    summary: 'Store bytes under their SHA-256; the body is streamed and verified',
    answer: 'ArtifactStored',
  })
  put(@Param('sha256') sha256: string, @Req() request: ApiRequest): Promise<ArtifactStored> {
    return this.artifacts.put(sha256, request);
  }

  @Route('GET', ':sha256', { scope: 'any', summary: 'Bytes by SHA-256', answer: 'application/octet-stream' })
  async get(@Param('sha256') sha256: string, @Res() response: Response): Promise<void> {
    const { bytes, stream } = await this.artifacts.get(sha256);
    response.setHeader('content-type', 'application/octet-stream');
    response.setHeader('content-length', bytes);
    response.setHeader('etag', `"${sha256}"`);
    response.setHeader('cache-control', 'private, max-age=31536000, immutable');
    await pipeline(stream(), response).catch(() => response.destroy());
  }
}
