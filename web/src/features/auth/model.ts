// Becoming a device of an account, before there is any connection.
export interface Credentials {
  readonly token: string;
}
export interface AuthSnapshot {
  readonly byCode: boolean | undefined; // undefined: the server has not said yet
  readonly notice: string | undefined;
}
export interface AuthActions {
  logIn(token: string): Promise<void>;
  sendCode(phone: string): Promise<void>;
  register(form: { phone: string; name: string; proof: { kind: 'code'; code: string } | { kind: 'invite'; invite: string } }): Promise<void>;
}
