import { ValidateIf } from 'class-validator';

/**
 * A field that a request need not have. Unlike class-validator's `IsOptional` it lets no null pass, which would stand where services
 * expect the field's type or nothing: that one is for fields of which null says something.
 */
export const MayBeLeftOut = (): PropertyDecorator => ValidateIf((_request, value) => value !== undefined);
