// The password is not stored for the second step.
import { useMutation } from "@tanstack/react-query";
import { useLogin, useRedirect } from "ra-core";
import { useEffect, useState, type SubmitEvent } from "react";
import { request } from "./api.ts";
import { Field, FormFailure, textOf } from "./form.tsx";
import { Notices } from "./notices.tsx";
import { PageTitle } from "./page-title.tsx";
import { isSignedIn } from "./session.ts";

type StepProps = {
  send: (fields: Record<string, string>) => Promise<unknown>;
  label: string;
  fields: string[];
  children: (failure: unknown) => React.ReactNode;
};

const Step = ({ send, label, fields, children }: StepProps) => {
  const { mutate, isPending, error } = useMutation({ mutationFn: send });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    mutate(textOf(event.currentTarget));
  };
  return (
    <form onSubmit={submit}>
      {children(error)}
      <FormFailure failure={error} fields={fields} />
      <button type="submit" className="primary" disabled={isPending}>
        {label}
      </button>
    </form>
  );
};

export const SignIn = () => {
  const [email, setEmail] = useState<string>();
  const login = useLogin();
  const redirect = useRedirect();
  useEffect(() => {
    void isSignedIn().then((is) => is && redirect("/"));
  }, [redirect]);

  const requestCode = async ({ email = "", password = "" }: Record<string, string>) => {
    await request("POST /api/v1/auth/user/otp/", { body: { email, password } });
    setEmail(email);
  };

  return (
    <main className="sign-in">
      <PageTitle text={email ? "Enter the code" : "Sign in"} />
      <Notices />
      {email === undefined ? (
        <Step key="password" send={requestCode} label="Continue" fields={["email", "password"]}>
          {(failure) => (
            <>
              <Field
                name="email"
                label="Email"
                type="email"
                autoComplete="username"
                required
                failure={failure}
              />
              <Field
                name="password"
                label="Password"
                type="password"
                autoComplete="current-password"
                required
                failure={failure}
              />
            </>
          )}
        </Step>
      ) : (
        <>
          <p>
            An email with a code is on its way to <strong>{email}</strong>.
          </p>
          <Step
            key="code"
            send={({ otp_code = "" }) => login({ email, code: otp_code })}
            label="Sign in"
            fields={["otp_code"]}
          >
            {(failure) => (
              <Field
                name="otp_code"
                label="Code"
                inputMode="numeric"
                autoComplete="one-time-code"
                hint="The 6 digits from the newest email"
                required
                failure={failure}
              />
            )}
          </Step>
          <button type="button" className="quiet" onClick={() => setEmail(undefined)}>
            Start again
          </button>
        </>
      )}
    </main>
  );
};
