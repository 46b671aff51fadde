#!/bin/sh
# Stands in for the Grok program in practice mode, so that builds can be tried with nothing installed. Purser starts it as it would
# start the real one: in the sandbox, with the prompt in a file and a borrowed credential. No model is asked.
# "fail" in the prompt ends it with an error, "slow" makes it take a minute.
set -u

if [ "${1:-}" = login ]; then
  # The broker: a token is asked for, as the real program would, and nothing of it is shown.
  $GROK_AUTH_PROVIDER_COMMAND >/dev/null || exit 1
  echo "Signed in through Purser's broker."
  exit 0
fi
prompt=""
while [ $# -gt 0 ]; do
  case "$1" in
    --prompt-file) prompt=$(cat "$2"); shift ;;
    --cwd) cd "$2" || exit 1; shift ;;
  esac
  shift
done

printf '\033[1mPractice program\033[0m \033[2m(stands in for Grok; no model is asked)\033[0m\n'
if [ ! -s "$HOME/.grok/auth.json" ]; then
  echo "Credential: none in a file; Purser's broker is asked."
elif grep -q '"refresh_token"' "$HOME/.grok/auth.json"; then
  echo "Credential: the whole sign-in, handed over for this run."
else
  echo "Credential: an access token, and nothing that could fetch another."
fi
found=$(find . -type f | sort)
printf 'Files here: %s\n' "${found:-none}"

seconds=1
case "$prompt" in *slow*) seconds=20 ;; esac
for step in Reading Thinking Writing; do
  printf '\033[36m%s\033[0m …\n' "$step"
  sleep "$seconds"
done
case "$prompt" in
  *fail*)
    printf '\033[31mIt went wrong, as you asked.\033[0m\n' >&2
    exit 1
    ;;
esac
printf '# What I was told\n\n%s\n' "$prompt" >ANSWER.md
printf '\033[32mDone:\033[0m wrote ANSWER.md.\n'
