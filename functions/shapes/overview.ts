/** Cells of the overview as they go out. */

import { z } from 'zod';
import { cellSchema } from '../../shared/board/overview/cells.ts';

export const cellsSchema = z
  .object({ cells: z.array(cellSchema.meta({ id: 'Cell' })) })
  .meta({ id: 'Cells' });
