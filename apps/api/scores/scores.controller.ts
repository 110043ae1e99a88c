import { Controller, Param, Req, Res } from '@nestjs/common';
import type { ScoreBoard, ScoreSheet } from '@asterism/contracts';
import type { Response } from 'express';
import { linkNext } from '../http/page';
import { ValidQuery, type ApiRequest } from '../http/request';
import { Route } from '../http/route';
import { BoardService } from './board.service';
import { BoardQuery, SheetQuery, boardQueryDocs, sheetQueryDocs } from './scores.query';
import { SheetService } from './sheet.service';

const scope = 'admin';

@Controller('v1')
export class ScoresController {
  constructor(
    private readonly boards: BoardService,
    private readonly sheets: SheetService,
  ) {}

  @Route('GET', 'searches/:id/scores', {
    scope,
    summary: 'Tasks × candidates of a search as columns: a page of its scored candidates',
    answer: 'ScoreBoard',
    query: boardQueryDocs,
  })
  async board(
    @Param('id') id: string,
    @ValidQuery(BoardQuery) query: BoardQuery,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ScoreBoard> {
    const board = await this.boards.board(id, query);
    linkNext(request, response, board);
    return board;
  }

  @Route('GET', 'scores', {
    scope,
    summary: 'Scores of one to five candidates or evaluations side by side, and what differs beyond noise',
    answer: 'ScoreSheet',
    query: sheetQueryDocs,
  })
  sheet(@ValidQuery(SheetQuery) { of }: SheetQuery): Promise<ScoreSheet> {
    return this.sheets.sheet(of);
  }
}
