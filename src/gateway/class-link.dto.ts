/** A link that shows the gateway one class, and nobody in particular. */
export class ClassLinkDto {
  /** The class. */
  classId!: number;
  /** Its code. */
  code!: string;
  /** Its name at the ENT, the code where that is the same. */
  name!: string;
  /** What comes after the address of the ENT; whoever opens it is known by this class on that device. */
  path!: string;
}

/** A portal of the ENT to whose address the path of a link is added. */
export class ClassLinkPortalDto {
  /** Its name. */
  name!: string;
  /** Its address. */
  url!: string;
}

/** Links of an establishment's classes: good until the platform's key of passes is replaced, then for a day. */
export class ClassLinksDto {
  /** The platform whose gateways know them. */
  platformId!: number;
  /** Portals of the platform whose address is known, by name. */
  portals!: ClassLinkPortalDto[];
  /** Classes and groups of the published campaigns, by number. */
  items!: ClassLinkDto[];
}
