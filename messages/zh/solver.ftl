### solver 的消息。

## 输入错误

expected_at_least = 应为 { $field } ≥ { $least }；收到 { $received }。
