import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { PageQuery } from '../common/page-query.dto';
import { IsInstant } from '../common/wire-time';
import { LINK_QUALITIES, type LinkQuality } from './proposal.rules';

/** Links to be made. */
export class CreateAnswerLinksDto {
  /** In which quality the links answer: `head`, a `deputy` whom the head names, or the `inspector` of the district. */
  @IsIn(LINK_QUALITIES)
  quality!: LinkQuality;

  /** The establishments; absent: every one of the campaign that the caller answers for. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @Matches(/^\d{7}[A-Z]$/, { each: true })
  uais?: string[];

  /** Of them only those of this territory (its code). */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(20)
  territory?: string;

  /** When they stop answering, at the latest the deadline for answers, which they follow where absent. */
  @MayBeLeftOut()
  @IsInstant()
  expiresAt?: string;
}

/** A link without its token. */
export class AnswerLinkDto {
  /** Number of the link. */
  id!: number;
  /** The establishment that it answers for. */
  uai!: string;
  /** Its name. */
  establishmentName!: string;
  /** In which quality it answers. */
  @IsIn(LINK_QUALITIES)
  quality!: LinkQuality;
  /** When it stops answering. */
  expiresAt!: string;
  /** When it was made. */
  createdAt!: string;
  /** When it was revoked; null where it was not. */
  revokedAt!: string | null;
}

/** A link as it is told once. */
export class NewAnswerLinkDto extends AnswerLinkDto {
  /** Where it leads: the address of the service goes before it. Nobody can read it again. */
  path!: string;
}

/** Links as they are told once. */
export class NewAnswerLinkListDto {
  /** The links, by UAI. */
  items!: NewAnswerLinkDto[];
}

/** Which links. */
export class AnswerLinkQuery extends PageQuery {
  /** Only those of this establishment. */
  @MayBeLeftOut()
  @Matches(/^\d{7}[A-Z]$/)
  uai?: string;
}

/** A page of links, the oldest first. */
export class AnswerLinkPageDto {
  /** The links. */
  items!: AnswerLinkDto[];
  /** Cursor of the next page, null at the end. */
  nextCursor!: string | null;
}
