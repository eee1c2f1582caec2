import { BadRequestException, Injectable, type PipeTransform } from '@nestjs/common';

const LARGEST_ID = 2_147_483_647;

/** An id in a path: a whole number from 1 to what the database can hold, anything else is refused with 400. */
@Injectable()
export class RowIdPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    const id = /^[1-9]\d{0,9}$/.test(value) ? Number(value) : NaN;
    if (!(id <= LARGEST_ID))
      throw new BadRequestException([`the id ${JSON.stringify(value)} is no whole number from 1 to ${LARGEST_ID}`]);
    return id;
  }
}
